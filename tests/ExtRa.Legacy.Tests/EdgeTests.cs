using ExtRa.Legacy.JavaStreams;
using ExtRa.Legacy.SubMessages;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using Pki.Protocols.Trust;

namespace ExtRa.Legacy.Tests;

/// <summary>
/// Documents that deviate, and documents that attack. Legacy programs accepted most of them; here each has the verdict
/// that FLAWS.md A to D asks for. A signer is checked as a front end checks it.
/// </summary>
[TestClass]
public sealed class EdgeTests
{
    // Only encrypted, so no message for us; but their envelopes are of the kinds that signed messages may have too.
    private const string OpenedEnvelopes =
        "encrypted-aes128 encrypted-oaep encrypted-ski ok-der-encrypted ok-dotnet-encrypted two-recipients-mine-first two-recipients-mine-last";

    private static readonly Dictionary<RefusalCode, string> Refused = new()
    {
        [RefusalCode.Malformed] = """
            base64-garbage base64-truncated classtype-is-long classtype-is-string encrypted-then-signed
            flag-plain-but-encrypted flag-signed-but-plain flag-unsigned-but-signed missing-classtype
            missing-version requestid-is-integer stream-aslist stream-bad-magic stream-bytes stream-date stream-intkey
            stream-linkedlist stream-null-top stream-pq stream-strarr stream-string-top stream-trailing stream-treemap
            stream-truncated stream-vector version-is-integer xml-bom xml-boolean-TRUE xml-boolean-blank xml-boolean-junk
            xml-boolean-object xml-cdata xml-char-element xml-charref xml-code-exec-void xml-code-exec xml-comment-pi xml-doctype
            xml-empty xml-extra-object xml-false-element xml-int-flag xml-latin1-decl xml-root-other xml-swapped-order
            xml-truncated xml-xxe
            """,
        [RefusalCode.BadSignature] = "signed-detached signed-noattr signed-nocert tampered-content tampered-signature",
        [RefusalCode.UnsupportedAlgorithm] = "signed-pss signed-sha1 signed-sha384 signed-sha512",
        [RefusalCode.NotSigned] = $"{OpenedEnvelopes} encrypted-3des encrypted-tampered-middle encrypted-tampered-last-block encrypted-no-key flag-encrypted-but-plain wrong-recipient",
        [RefusalCode.TooLarge] = """
            two-signers-first-bad two-signers-last-bad two-signers-trusted-then-untrusted two-signers-untrusted-then-trusted
            two-signers-valid-swapped two-signers-valid
            """,
        [RefusalCode.NotBound] = "response-as-request",
        [RefusalCode.NotFound] = "unknown-classtype-second",
        [RefusalCode.UnknownIssuer] = "signed-no-chain signer-fakeca signer-otherca-chain-included signer-otherca signer-rootissued-trust-subca",
        [RefusalCode.Expired] = "signer-expired signer-notyetvalid",
        [RefusalCode.WrongKeyUsage] = "signer-is-ca signer-tlscert",
    };

    private const string Accepted = """
        b64-prefix-value classtype-17-oneshot extra-key newer-version
        ok-der-signed-encrypted ok-der-signed ok-dotnet-signed-encrypted ok-dotnet-signed older-version
        pkcs12-keysize-old resaved-6.3 revocation-v1 signed-ec signed-sigalg-sha256WithRSA signed-ski signer-subca-noroot
        signer-subca-rootfirst signer-subca xml-jdk5-crlf xml-jdk6
        xml-no-class-attr xml-noprolog xml-wrapped-base64
        """;

    [TestMethod]
    public void Every_deviating_document_has_its_verdict()
    {
        var expected = Names(Accepted).ToDictionary(name => name, _ => default(RefusalCode?), StringComparer.Ordinal);
        foreach ((RefusalCode code, string names) in Refused)
        {
            foreach (string name in Names(names))
            {
                expected.Add(name, code);
            }
        }

        Assert.HasCount(109, expected);
        foreach (Fixture fixture in Fixture.In("edge"))
        {
            string name = Path.GetFileName(fixture.Name);
            Refusal? refusal = Judge(fixture);
            Assert.AreEqual(expected[name], refusal?.Code, $"{name}: {refusal}");
            expected.Remove(name);
        }

        Assert.IsEmpty(expected);
    }

    [TestMethod]
    [DataRow("xml-code-exec", DisplayName = "a static method call as first object")]
    [DataRow("xml-code-exec-void", DisplayName = "a static method call in a void element")]
    [DataRow("xml-boolean-object", DisplayName = "a constructor call")]
    public void Flaw_A1_A_document_that_calls_code_is_refused(string name) => AssertMalformed(name);

    [TestMethod]
    [DataRow("stream-date")]
    [DataRow("stream-pq")]
    [DataRow("stream-strarr")]
    [DataRow("stream-treemap")]
    [DataRow("stream-aslist")]
    public void Flaw_A2_A_class_outside_the_list_is_refused(string name) => AssertMalformed(name);

    [TestMethod]
    [DataRow("xml-doctype", DisplayName = "an internal entity")]
    [DataRow("xml-xxe", DisplayName = "an external entity")]
    public void Flaw_A4_A_document_type_is_refused(string name) => AssertMalformed(name);

    [TestMethod]
    [DataRow("stream-trailing", DisplayName = "bytes after the stream")]
    [DataRow("xml-extra-object", DisplayName = "a fourth object")]
    [DataRow("base64-garbage", DisplayName = "characters outside base64")]
    public void Flaw_A5_What_is_left_over_is_refused(string name) => AssertMalformed(name);

    [TestMethod]
    public void Flaw_A6_One_bad_part_keeps_the_others_from_being_processed()
    {
        OpenedMessage opened = Fixture.Named("edge/unknown-classtype-second").Open().OrThrow();
        Assert.AreEqual(RefusalCode.NotFound, opened.Damage?.Code);
        Assert.HasCount(3, opened.Content.SubMessages); // each can be answered under its own REQUESTID
        Assert.IsInstanceOfType<UnknownSubMessage>(opened.Content.SubMessages[1]);
    }

    [TestMethod]
    [DataRow("flag-unsigned-but-signed", DisplayName = "signed, and the flag says no")]
    [DataRow("flag-signed-but-plain", DisplayName = "the signature was taken off")]
    [DataRow("flag-plain-but-encrypted")]
    public void Flaw_B5_A_flag_that_does_not_fit_the_layers_is_refused(string name) => AssertMalformed(name);

    [TestMethod]
    public void Flaw_B5_A_message_without_its_signature_is_an_unsigned_one()
    {
        OpenedMessage opened = Fixture.Named("4.0.13/KeyStoreRetrievalRequest.plain").Open().OrThrow();
        Assert.AreEqual(new Protection(false, false), opened.Protection); // which admission gives no more than the role of unsigned requests
        Assert.IsNull(opened.Signer);
    }

    [TestMethod]
    public void Flaw_D4_The_own_recipient_is_found_wherever_it_stands_in_every_kind_of_envelope()
    {
        foreach (string name in Names(OpenedEnvelopes))
        {
            Assert.IsTrue(JavaMapList.Read(FixtureTests.StreamOf(Fixture.Named("edge/" + name), out _, out _)).Succeeded(out _, out _), name);
        }
    }

    [TestMethod]
    [DataRow("encrypted-no-key", RefusalCode.WrongRecipient)]
    [DataRow("wrong-recipient", RefusalCode.WrongRecipient)]
    [DataRow("encrypted-3des", RefusalCode.UnsupportedAlgorithm)]
    [DataRow("encrypted-tampered-last-block", RefusalCode.DecryptionFailed)]
    [DataRow("flag-encrypted-but-plain", RefusalCode.Malformed)]
    public void Flaw_D4_An_envelope_that_does_not_open_is_refused_as_such(string name, RefusalCode code) =>
        Assert.AreEqual(code, FixtureTests.RefusalOf(FixtureTests.LayersOf(Fixture.Named("edge/" + name))));

    /// <summary>WIRE.md 7.1: 6.3 decodes, 4.0 does not.</summary>
    [TestMethod]
    public void A_text_that_begins_with_B64_means_what_its_version_means()
    {
        Fixture fixture = Fixture.Named("edge/b64-prefix-value");
        static string NameIn(OpenedMessage opened) => ((KeyStoreRetrievalRequest)opened.Content.SubMessages[0]).Username;
        string kept = NameIn(fixture.Open(B64Values.Keep).OrThrow());
        string decoded = NameIn(fixture.Open(B64Values.Decode).OrThrow());
        StringAssert.StartsWith(kept, "B64:");
        Assert.AreEqual(decoded, System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(kept[4..])));
        bool is63 = fixture.Open().OrThrow() is Sealing.OpenedLegacyMessage { Maps: not Legacy.JavaStreams.JavaMapKind.HashMap };
        Assert.AreEqual(is63 ? decoded : kept, NameIn(fixture.Open().OrThrow()));
    }

    /// <summary>WIRE.md 7.1 and 7.4: what older versions did not say has its default.</summary>
    [TestMethod]
    public void Older_versions_are_brought_up_to_date()
    {
        var keySize = (PKCS12Request)Fixture.Named("edge/pkcs12-keysize-old").Open().OrThrow().Content.SubMessages[0];
        Assert.IsTrue(int.Parse(keySize.KeySpec, System.Globalization.CultureInfo.InvariantCulture) >= 512);
        var revocation = (RevocationRequest)Fixture.Named("edge/revocation-v1").Open().OrThrow().Content.SubMessages[0];
        Assert.IsFalse(revocation.RevokeAll || revocation.RevokeUser);
        Assert.IsNull(revocation.Username);
        Assert.IsNotNull(revocation.CertificateSn);
        var oneshot = (CertificateRequestRequest)Fixture.Named("oneshot/OneshotCertReqRequest.plain").Open().OrThrow().Content.SubMessages[0];
        Assert.IsTrue(oneshot.CreateOrEditUser);
    }

    private static void AssertMalformed(string name) => Assert.AreEqual(RefusalCode.Malformed, Judge(Fixture.Named("edge/" + name))?.Code);

    private static string[] Names(string list) => list.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);

    private static Refusal? Judge(Fixture fixture)
    {
        if (!fixture.Open().Succeeded(out OpenedMessage? opened, out Refusal? refusal))
        {
            return refusal;
        }

        if (opened.Damage is not null || opened.Signer is null)
        {
            return opened.Damage;
        }

        string[] chain = [.. fixture.Sidecar.GetProperty("trustChain").EnumerateArray().Select(file => file.GetString()!)];
        string? issuer = Array.Find(chain, file => file.Contains("sub", StringComparison.Ordinal)) ?? chain.FirstOrDefault();
        var trust = new ServiceTrust([], issuer is null ? null : Fixture.Certificate(issuer));
        return trust.Check(opened.Signer, Fixture.Then).Succeeded(out _, out refusal) ? null : refusal;
    }
}
