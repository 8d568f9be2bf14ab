using System.Diagnostics;
using Ca.Core.Profiles;
using Ca.Core.Roles;
using ExtRa.Messages.Contract;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace CaServiceWorker.Tests.Requests;

/// <summary>Requests for key stores, and what strangers read in the files that come back.</summary>
internal static class KeyFiles
{
    public const string Password = "the owner's own password";

    private static readonly Actor Admin = Actor.Internal("test");

    public static PKCS12Request Pkcs12(string name) => new()
    {
        RequestId = 12,
        Username = name,
        SubjectDn = $"CN={name},O=Test",
        CaName = "IssuingCA",
        EndEntityProfileName = "KEYS",
        CertificateProfileName = "ENDUSER",
        Password = Secret.FromText(Password),
        KeyAlg = 2,
        KeySpec = "secp256r1",
    };

    public static KeyStore Open(byte[]? pkcs12)
    {
        using Secret password = Secret.FromText(Password);
        return Pki.Protocols.X509.Pkcs12.Load(pkcs12, password).OrThrow();
    }

    extension(TestSystem system)
    {
        /// <summary>Keys may be kept here, under the end entity profile KEYS, and the RA may recover them.</summary>
        public async Task KeepKeysAsync(CancellationToken cancel, bool reuse = false)
        {
            system.Configuration["Ca"]!["KeyRecovery"] = true;
            EndEntityProfile keys = FixedProfiles.Empty with { KeyRecoverable = true, ReuseRecoveredCertificate = reuse };
            int id = (await system.Get<ProfileStore>().SetAsync(Admin, "KEYS", keys, cancel)).OrThrow().Id;
            foreach (string resource in (string[])[AccessResources.KeyRecovery, AccessResources.EndEntityProfile(id, "keyrecovery")])
            {
                (await system.Get<RoleStore>().AddRuleAsync(Admin, "RA", new(resource, AccessDecision.Accept), cancel)).OrThrow();
            }
        }

        /// <summary>What OpenSSL says about a file, with the password of the tests at hand.</summary>
        public async Task<string> OpenSslAsync(byte[] file, CancellationToken cancel, params string[] arguments)
        {
            string path = system.PathOf(Path.GetRandomFileName());
            await File.WriteAllBytesAsync(path, file, cancel);
            using var process = Process.Start(new ProcessStartInfo("openssl", [.. arguments, "-in", path])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["PASSWORD"] = Password },
            })!;
            string[] output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
            await process.WaitForExitAsync(cancel);
            Assert.AreEqual(0, process.ExitCode, string.Concat(output));
            return output[0];
        }

        /// <summary>This P-256 key lies nowhere in the CA database in a form that can be read: not as bytes, in hex, or in base64.</summary>
        public async Task AssertNowhereAsync(KeyPair key, CancellationToken cancel)
        {
            byte[] inside = key.ExportPkcs8()[36..66]; // of a P-256 key: in the middle of the private scalar (RFC 5915 §3)
            string hex = Convert.ToHexStringLower(inside);
            string[] tables = (await system.CountAsync("select string_agg(tablename, ' ') from pg_tables where schemaname = 'public'", cancel)).Split(' ');
            foreach (string table in tables)
            {
                Assert.AreEqual("0", await system.CountAsync($"select count(*) from \"{table}\" t where t::text like '%{hex}%'", cancel), table);
                for (int shift = 0; shift < 3; shift++)
                {
                    string base64 = Convert.ToBase64String(inside.AsSpan(shift, 24));
                    Assert.AreEqual("0", await system.CountAsync($"select count(*) from \"{table}\" t where t::text like '%{base64}%'", cancel), table);
                }
            }

            string answers = await system.CountAsync("select coalesce(string_agg(convert_from(answer, 'UTF8'), ''), '') from inbox", cancel);
            for (int shift = 0; shift < 3; shift++)
            {
                Assert.DoesNotContain(Convert.ToBase64String(inside.AsSpan(shift, 24)), answers);
            }
        }
    }
}
