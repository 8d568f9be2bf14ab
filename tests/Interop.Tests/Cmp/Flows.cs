namespace Interop.Tests.Cmp;

/// <summary>
/// Everything that OpenSSL 3.0's client can do. What it does against RFC 9483: without a subject of its own it sends MACed
/// messages under the NULL-DN, though the sender's common name must be the senderKID (§3.1; CMP-H-2).
/// </summary>
internal static class Flows
{
    private const string New = "-newkey new.key -subject {subject}";
    private const string Out = "-certout out.pem";
    private const string Holder = "-cert holder.pem -key holder.key -extracerts ca.pem -trusted ca.pem";

    // Without -issuer OpenSSL puts the issuer of its own certificate into the template, and asks the wrong CA (CMP-C-1).
    private const string RaOfAnotherCa = "-cert ra.pem -key ra.key -extracerts ra-chain.pem";
    private const string Revoked = "40|4"; // superseded
    private const string Active = "20|8"; // removeFromCRL
    private const string BadMessageCheck = "badMessageCheck";

    public static IReadOnlyList<Flow> All { get; } =
    [
        new("ir-mac", $"-cmd ir {{mac}} {New} {Out} -chainout chain-out.pem -cacertsout capubs.pem -extracertsout extra.pem"),
        new("ir-mac-sha256", $"-cmd ir {{mac}} -digest sha256 -mac hmacWithSHA256 {New} {Out}"),
        new("ir-mac-trusted", $"-cmd ir {{mac}} -trusted ca.pem {New} {Out}"),
        new("ir-implicit", $"-cmd ir {{mac}} -implicit_confirm {New} {Out}"),
        new("ir-no-confirm", $"-cmd ir {{mac}} -disable_confirm {New} {Out}"),
        new("ir-sig", $"-cmd ir {{ra}} {New} {Out}"),
        new Flow("ir-sig-other-issuer", $"-cmd ir {RaOfAnotherCa} -trusted ca.pem {New} {Out}").RefusedWith("wrongAuthority"),
        new("ir-sig-srvcert", $"-cmd ir {RaOfAnotherCa} -issuer {{issuer}} -srvcert ca.pem {New} {Out}"),
        new("ir-sig-implicit", $"-cmd ir {{ra}} -implicit_confirm {New} {Out}"),
        new("cr-mac", $"-cmd cr {{mac}} {New} {Out}"),
        new("cr-sig", $"-cmd cr {{ra}} {New} {Out}"),
        new Flow("p10cr-mac", $"-cmd p10cr {{mac}} -csr new.csr {Out}").LightweightRefusesWith(BadMessageCheck),
        new("p10cr-sig", $"-cmd p10cr {{ra}} -recipient {{issuer}} -csr new.csr {Out}"), // -issuer has no meaning there
        new Flow("ir-from-csr", $"-cmd ir {{mac}} -csr new.csr -newkey new.key {Out}").LightweightRefusesWith(BadMessageCheck),
        new("ir-sans-days", $"-cmd ir {{mac}} {New} -sans \"DNS:a.example.com IP:10.0.0.1 URI:http://a/\" -days 10 {Out}"),
        new("ir-policies", $"-cmd ir {{mac}} {New} -policy_oids \"1.2.3.4 1.2.3.5\" {Out}"),
        new("ir-geninfo", $"-cmd ir {{mac}} {New} -geninfo 1.2.3:int:987 {Out}"),
        new("ir-keepalive0", $"-cmd ir {{mac}} {New} -keep_alive 0 {Out}"),
        new("ir-keepalive2", $"-cmd ir {{mac}} {New} -keep_alive 2 {Out}"),
        new("kur", $"-cmd kur {Holder} -newkey new.key {Out}"),
        new("kur-oldcert", $"-cmd kur {Holder} -oldcert holder.pem -newkey new.key {Out}"),
        new("kur-by-ra", $"-cmd kur {{ra}} -oldcert holder.pem -newkey new.key {Out}"),
        new Flow("kur-same-key", $"-cmd kur {Holder} -newkey holder.key {Out}").RefusedWith("badCertTemplate"),
        new Flow("kur-mac", $"-cmd kur {{mac}} -oldcert holder.pem -newkey new.key {Out}").RefusedWith("wrongIntegrity"),
        new("genm-empty", $"-cmd genm {Holder}"),
        new("genm-currentCRL", $"-cmd genm {Holder} -infotype currentCRL"),
        new Flow("genm-signKeyPairTypes", "-cmd genm {mac} -infotype signKeyPairTypes").LightweightRefusesWith(BadMessageCheck),
        new Flow("genm-caCerts", "-cmd genm {mac} -infotype caCerts").LightweightRefusesWith(BadMessageCheck),
        new("rr-sig", $"-cmd rr {Holder} -oldcert holder.pem -revreason 4") { HolderBecomes = Revoked },
        new("rr-hold-and-unrevoke", "-cmd rr {ra} -oldcert holder.pem -revreason 6", "-cmd rr {ra} -oldcert holder.pem -revreason 8") { HolderBecomes = Active },
        new Flow("rr-mac", "-cmd rr {mac} -oldcert holder.pem -revreason 4") { HolderBecomes = Revoked }.LightweightRefusesWith("wrongIntegrity"),
        new Flow("neg-popo-raverified", $"-cmd ir {{mac}} -popo 0 {New} {Out}").RefusedWith("notAuthorized"),
        new Flow("neg-popo-absent", $"-cmd ir {{mac}} -popo -1 -newkey new.pub -subject {{subject}} {Out}").RefusedWith("badPOP"),
        new Flow("neg-wrong-secret", $"-cmd ir -ref stranger -secret pass:wrong-secret {New} {Out}").RefusedWith(BadMessageCheck),
        new Flow("neg-unprotected", $"-cmd ir -unprotected_requests -srvcert ca.pem {New} {Out}").RefusedWith(BadMessageCheck),
        new Flow("neg-untrusted-signer", $"-cmd ir -cert stranger.pem -key stranger.key -trusted ca.pem {New} {Out}").RefusedWith("signerNotTrusted"),
        new("record-offline", $"-cmd cr {{mac}} {New} {Out} -reqout q1.der,q2.der -rspout r1.der,r2.der", $"-cmd cr {{mac}} {New} {Out} -rspin r1.der,r2.der"),
        new("replay-new-tid", $"-cmd cr {{mac}} {New} {Out} -reqout q1.der,q2.der", $"-cmd cr {{mac}} {New} {Out} -reqin q1.der -reqin_new_tid"),
    ];
}
