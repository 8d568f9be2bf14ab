// An RA program in one file: asks the CA for a certificate through the message database and waits for the answer.
// Run it against the demo:   ./pki demo      and in another terminal:   dotnet run --project samples/Enrol -- var
using System.Security.Cryptography;
using System.Text.Json;
using ExtRa.Messages.Client;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Hosting;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

string folder = args.Length > 0 ? args[0] : "var";
using JsonDocument demo = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "demo.json")));
string Setting(string name) => demo.RootElement.GetProperty(name).GetString()!;

// 1. The link: our key signs the request, the worker's certificate is what we encrypt to and whose answers we believe.
KeyStore keyStore = KeyStoreFile.Load(
    new KeyStoreOptions { Path = Setting("raKeyStore"), PasswordFile = Setting("raKeyStorePassword") }, "sample", Console.Error.WriteLine);
Certificate worker = Certificate.FromPem(await File.ReadAllTextAsync(Setting("workerCertificate"))).OrThrow();
var link = new ExtRaLink(keyStore, new ServiceTrust([worker], issuer: null), Protection.Full, SubMessageCatalog.BuiltIn, TimeProvider.System);
await using MessageDatabase database = MessageDatabase.Open(
    new MessageStoreOptions { ConnectionString = Setting("messageDatabase") }, TimeProvider.System);
var client = new ExtRaClient(database.Messages, link);

// 2. A key and a request for it.
using KeyPair key = KeyPair.Generate("P-256");
string name = $"sample-{Environment.ProcessId}";
DistinguishedName subject = DistinguishedName.Parse($"CN={name},O=Sample").OrThrow();
CertificationRequest pkcs10 = CertificationRequest.Create(subject, key, HashAlgorithmName.SHA256);

// 3. Send, and wait for the answer. When none comes in time the request stays; AwaitAsync asks again.
var request = new PKCS10Request
{
    RequestId = 1,
    Username = name,
    SubjectDn = subject.ToString(),
    CaName = Setting("caName"),
    EndEntityProfileName = Setting("endEntityProfile"),
    CertificateProfileName = Setting("certificateProfile"),
    CreateOrEditUser = true,
    Pkcs10 = pkcs10.Encoded.ToArray(),
};
if (!(await client.SendAsync([request], TimeSpan.FromSeconds(30), CancellationToken.None)).Succeeded(out ExtRaAnswer? answer, out Refusal? refusal))
{
    await Console.Error.WriteLineAsync($"The answer was not accepted: {refusal}");
    return 1;
}

switch (answer.IsPending ? null : answer.Responses[0])
{
    case PKCS10Response { Success: true, Certificate: { } certificate }:
        await Console.Out.WriteLineAsync(Pki.Protocols.Asn1.Der.Decode<Certificate>(certificate).OrThrow().ToPem());
        return 0;
    case { } failure:
        await Console.Error.WriteLineAsync($"The CA refused: {failure.FailInfo}");
        return 1;
    case null:
        await Console.Error.WriteLineAsync("The CA has not answered yet; the request stays in the database.");
        return 3;
}
