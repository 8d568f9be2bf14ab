using CmpProxy.Http;
using Pki.Protocols.Asn1;
using Pki.Protocols.Cmp;

namespace CmpProxy.Tests.Http;

/// <summary>The paths of CMP-T-6 to T-10.</summary>
[TestClass]
public sealed class CmpPathTests
{
    [TestMethod]
    [DataRow("/.well-known/cmp", null, null)]
    [DataRow("/.well-known/cmp/", null, null, DisplayName = "T-10 a slash at the end")]
    [DataRow("//.well-known//cmp", null, null, DisplayName = "T-10 doubled slashes")]
    [DataRow("/.well-known/cmp/initialization", null, "initialization")]
    [DataRow("/.well-known/cmp/p/shop", "shop", null)]
    [DataRow("/.well-known/cmp/p/shop/keyupdate", "shop", "keyupdate")]
    [DataRow("/.well-known/cmp/p/initialization", "initialization", null, DisplayName = "a name may look like an operation")]
    [DataRow("/cmpProxy", null, null)]
    [DataRow("/cmpProxy/shop", "shop", null)]
    [DataRow("/cmpProxy-6.4.0/shop", "shop", null)]
    [DataRow("/cmpProxy-6.4.0", null, null)]
    [DataRow("/ejbca/publicweb/cmp", null, null)]
    [DataRow("/ejbca/publicweb/cmp/shop", "shop", null)]
    [DataRow("/cmp", null, null)]
    [DataRow("/cmp/a.b_c-9", "a.b_c-9", null)]
    public void A_path_of_CMP_T_6_names_alias_and_operation(string path, string? name, string? label)
    {
        CmpPath? parsed = CmpPath.Parse(path);
        Assert.IsNotNull(parsed);
        Assert.AreEqual(name, parsed.Name);
        Assert.AreEqual(label, parsed.Label?.Name);
    }

    [TestMethod]
    [DataRow("/", DisplayName = "the root is for root listeners (T-9)")]
    [DataRow("/.well-known/CMP", DisplayName = "T-10 case matters")]
    [DataRow("/.well-known/cmp/Initialization")]
    [DataRow("/.well-known/cmp/unknown", DisplayName = "no operation of RFC 9483")]
    [DataRow("/.well-known/cmp/p", DisplayName = "no name")]
    [DataRow("/.well-known/cmp/p/shop/unknown")]
    [DataRow("/.well-known/cmp/p/shop/keyupdate/more")]
    [DataRow("/cmp/shop/keyupdate")]
    [DataRow("/cmpproxy/shop")]
    [DataRow("/cmpProxy-/shop", DisplayName = "no version")]
    [DataRow("/cmp/with space")]
    [DataRow("/cmp/%2e", DisplayName = "T-10 decoded once, not twice")]
    [DataRow("/cmp/abcdefghijabcdefghijabcdefghij123", DisplayName = "T-10 33 characters")]
    [DataRow("/cmp/naïve")]
    public void Any_other_path_is_none(string path) => Assert.IsNull(CmpPath.Parse(path));

    [TestMethod]
    [DataRow("pkcs10", "p1", true)]
    [DataRow("initialization", "ir", true)]
    [DataRow("initialization", "p1", false)]
    [DataRow("initialization", "cc", true, DisplayName = "T-7 certConf goes on anywhere")]
    [DataRow("keyupdate", "k1", true)]
    [DataRow("revocation", "rr-mac", true)]
    [DataRow("getcacerts", "genm-currentcrl", false)]
    public void CMP_T_7_an_operation_fits_what_begins_it(string label, string message, bool fits) =>
        Assert.AreEqual(fits, OperationLabel.Find(label)!.Fits(PkiMessage.Read(World.Messages.Recorded(message)).OrThrow().Body));

    [TestMethod]
    [DataRow("getcacerts", Oids.CaCerts)]
    [DataRow("getrootupdate", Oids.RootCaCert)]
    [DataRow("getcertreqtemplate", Oids.CertReqTemplate)]
    [DataRow("getcrls", Oids.CrlStatusList)]
    public void CMP_T_7_a_question_has_its_own_operation(string label, string question) =>
        Assert.IsTrue(OperationLabel.Find(label)!.Fits(World.Messages.Genm(question: question).Body));
}
