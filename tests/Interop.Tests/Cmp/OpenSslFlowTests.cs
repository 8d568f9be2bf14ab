using System.Security.Cryptography;
using System.Text;
using Pki.Protocols.X509;
using TestKit;

namespace Interop.Tests.Cmp;

/// <summary>
/// Every flow of <c>openssl cmp</c> through proxy, message database and worker, in both conformance profiles (CMP-0-1,
/// CMP-L-7; RFC 9810, RFC 9483, RFC 9811).
/// </summary>
[TestClass, NeedsTool("openssl")]
public sealed class OpenSslFlowTests
{
    private static readonly Lazy<KeyStore> Stranger = new(() => new TestPki("CN=Some other CA").Issue("CN=stranger"));

    public required TestContext TestContext { get; init; }

    private CancellationToken Cancel => TestContext.CancellationToken;

    public static IEnumerable<object[]> Cases =>
        from flow in Flows.All from alias in (string[])[CmpSite.Interop, CmpSite.Lightweight] select new object[] { flow.Name, alias };

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public async Task A_flow_ends_as_its_profile_says(string name, string alias)
    {
        Flow flow = Flows.All.Single(known => known.Name == name);
        await RunAsync(flow, alias, alias == CmpSite.Lightweight ? flow.LightweightRefuses : flow.InteropRefuses);
    }

    [TestMethod]
    public async Task An_RA_that_may_vouch_for_keys_is_believed() =>
        await RunAsync(new("raverified", "-cmd ir {mac} -popo 0 -newkey new.key -subject {subject} -certout out.pem"), CmpSite.Vouching, refusal: null);

    private async Task RunAsync(Flow flow, string alias, string? refusal)
    {
        CmpSite site = await CmpSite.GetAsync();
        string device = $"cmp-{Guid.NewGuid():n}"[..16];
        using Tool openssl = await FolderAsync(flow, site, alias, device);
        ToolResult result = null!;
        foreach (string command in flow.Commands)
        {
            result = await CmpAsync(openssl, site, alias, device, command);
            if (refusal is null)
            {
                result.EndedWith(0);
            }
        }

        if (refusal is not null)
        {
            Assert.AreNotEqual(0, result.ExitCode, $"{result.Command} should be refused with {refusal}.");
            Assert.Contains(refusal, result.Out + result.Error);
            Assert.IsFalse(File.Exists(openssl.File("out.pem")));
        }
        else if (flow.HolderBecomes is { } state)
        {
            string found = await TestDatabases.RunPostgreSqlAsync(
                Demo.Setting("caDatabase"), $"select status || '|' || revocation_reason from certificate where username = '{device}'", Cancel);
            Assert.AreEqual(state, found.TrimEnd('\n'));
        }
        else if (flow.BringsCertificate)
        {
            Certificate issued = Certificate.FromPem(await File.ReadAllTextAsync(openssl.File("out.pem"), Cancel)).OrThrow();
            Assert.AreEqual($"CN={device},O=Interop", issued.Subject.ToString());
            (await openssl.RunAsync(["verify", "-x509_strict", "-CAfile", openssl.File("ca.pem"), openssl.File("out.pem")], Cancel)).EndedWith(0);
            Assert.IsTrue(!File.Exists(openssl.File("capubs.pem")) || Certificate.FromPem(await File.ReadAllTextAsync(openssl.File("capubs.pem"), Cancel)).OrThrow().Encoded.Span.SequenceEqual(site.Ca.Encoded.Span), "CMP-O-8");
        }
    }

    private async Task<ToolResult> CmpAsync(Tool openssl, CmpSite site, string alias, string device, string command)
    {
        string filled = command
            .Replace("{mac}", $"-ref {device} -secret file:secret", StringComparison.Ordinal)
            .Replace("{ra}", "-cert ra.pem -key ra.key -extracerts ra-chain.pem -issuer {issuer} -trusted ca.pem", StringComparison.Ordinal)
            .Replace("{issuer}", "/O=Demo/CN=ScepCA", StringComparison.Ordinal)
            .Replace("{subject}", $"/O=Interop/CN={device}", StringComparison.Ordinal);
        Uri url = site.Url(alias);
        return await openssl.RunAsync(
            ["cmp", "-config", "", "-batch", "-server", $"127.0.0.1:{url.Port}", "-path", url.AbsolutePath, "-total_timeout", "100", "-unprotected_errors", .. Split(filled)],
            Cancel);
    }

    /// <summary>Words as a shell makes them: quotes hold blanks together.</summary>
    private static IEnumerable<string> Split(string line) =>
        line.Split('"').SelectMany((part, i) => i % 2 == 1 ? [part] : part.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private async Task<Tool> FolderAsync(Flow flow, CmpSite site, string alias, string device)
    {
        var openssl = new Tool("openssl");
        using KeyPair key = KeyPair.Generate("P-256");
        DistinguishedName subject = DistinguishedName.Parse($"CN={device},O=Interop").OrThrow();
        Write("new.key", Pem(key));
        Write("new.pub", PemEncoding.WriteString("PUBLIC KEY", key.Public.Encoded.Span));
        Write("new.csr", PemEncoding.WriteString("CERTIFICATE REQUEST", CertificationRequest.Create(subject, key, HashAlgorithmName.SHA256).Encoded.Span));
        Write("secret", site.SecretText);
        Write("ca.pem", site.Ca.ToPem());
        Write("ra.pem", site.Ra.Certificate.ToPem());
        Write("ra.key", Pem(site.Ra.Key));
        Write("ra-chain.pem", site.Ra.Chain[0].ToPem());
        Write("stranger.key", Pem(Stranger.Value.Key));
        Write("stranger.pem", Stranger.Value.Certificate.ToPem());
        if (flow.NeedsHolder)
        {
            using KeyStore holder = await site.EnrolAsync(alias, device, Cancel);
            Write("holder.pem", holder.Certificate.ToPem());
            Write("holder.key", Pem(holder.Key));
        }

        return openssl;

        void Write(string name, string text) => File.WriteAllText(openssl.File(name), text + "\n", Encoding.ASCII);
    }

    private static string Pem(KeyPair key) => PemEncoding.WriteString("PRIVATE KEY", key.ExportPkcs8());
}
