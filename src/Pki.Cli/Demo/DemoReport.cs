using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pki.Cli.Commands;
using Pki.Cli.Configuration;
using Pki.Cli.Output;
using Pki.Protocols.X509;

namespace Pki.Cli.Demo;

/// <summary>What a person and a program need to use the demo: fingerprints, URLs, commands to copy, <c>demo.json</c>.</summary>
internal sealed class DemoReport(DemoFolder folder, DemoConfig config, Printer printer)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the description for programs, and returns it.</summary>
    public JsonObject Write(IReadOnlyDictionary<string, int?> processes)
    {
        var pids = new JsonObject();
        foreach ((string name, int? pid) in processes)
        {
            pids[name] = pid;
        }

        var report = new JsonObject
        {
            ["scepUrl"] = config.ScepUrl.ToString(),
            ["scepChallenge"] = Line(folder.Challenge),
            ["cmpUrl"] = config.CmpUrl.ToString(),
            ["cmpSecret"] = Line(folder.CmpSecret),
            ["cmpClientUrl"] = config.CmpUrlOf(DemoConfig.CmpClientAlias).ToString(),
            ["cmpDeviceSecret"] = Line(folder.CmpDeviceSecret),
            ["caCertificate"] = folder.Certificate(DemoCa.Devices),
            ["scepCaChain"] = folder.Certificate(DemoCa.Devices),
            ["scepRaCertificate"] = folder.Certificate(DemoCa.ScepRa),
            ["messageDatabase"] = config.MessageDatabase,
            ["caDatabase"] = config.CaDatabase,
            ["caConfig"] = folder.CaConfig,
            ["adminUrl"] = config.AdminUrl.ToString(),
            ["adminLink"] = Link(),
            ["adminKeyStore"] = folder.KeyStore(DemoCa.Admin),
            ["adminKeyStorePassword"] = folder.KeyStorePassword(DemoCa.Admin),
            ["raKeyStore"] = folder.KeyStore(DemoCa.RaLink),
            ["raKeyStorePassword"] = folder.KeyStorePassword(DemoCa.RaLink),
            ["workerCertificate"] = folder.Certificate(DemoCa.Worker),
            ["caName"] = DemoCa.Devices,
            ["endEntityProfile"] = DemoCa.Profile,
            ["certificateProfile"] = DemoCa.Profile,
            ["processes"] = pids,
        };
        PrivateFile.Write(folder.Report, report.ToJsonString(Indented) + "\n");
        return report;
    }

    /// <summary>Prints everything for people.</summary>
    public void Print()
    {
        printer.Say("");
        printer.Say("Fingerprints");
        foreach (string name in (string[])[DemoCa.Devices, DemoCa.ScepRa, DemoCa.Management])
        {
            Certificate certificate = Certificate.FromPem(File.ReadAllText(folder.Certificate(name))).OrThrow();
            Fingerprints prints = Fingerprints.Of(certificate);
            printer.Say($"  {name}\n    SHA-256 {prints.Sha256}\n    SHA-1   {prints.Sha1}\n    MD5     {prints.Md5}");
        }

        string clientPath = config.CmpUrlOf(DemoConfig.CmpClientAlias).AbsolutePath;
        printer.Say(string.Create(CultureInfo.InvariantCulture, $"""

            SCEP URL   {config.ScepUrl}
            without CA certificates in answers: {new Uri(config.ScepUrl, "noca/pkiclient.exe")}
            Challenge  in {folder.Challenge}
            CMP URLs   {config.CmpUrl} for RAs; the secret is in {folder.CmpSecret}
                       {config.CmpUrlOf(DemoConfig.CmpClientAlias)} for registered devices; theirs is in {folder.CmpDeviceSecret}

            Admin web  {config.AdminUrl}
            sign in once, without a certificate (within 30 minutes, on this machine; the browser warns of the unknown CA):
              {Link()}
            or import {folder.KeyStore(DemoCa.Admin)} into the browser; its password is in {folder.KeyStorePassword(DemoCa.Admin)}

            To try it with other clients:
              certmonger:
                /usr/lib/certmonger/scep-submit -u {config.ScepUrl} -C
              strongSwan (packages strongswan-pki, libstrongswan-extra-plugins):
                /usr/bin/pki --scepca --url {config.ScepUrl} --caout ca.pem --raout ra.pem --outform pem
                /usr/bin/pki --gen --type rsa --size 2048 --outform der > router.der
                /usr/bin/pki --scep --url {config.ScepUrl} --in router.der --dn "O=Demo, CN=router7" --password "$(cat {folder.Challenge})" \
                  --cacert-enc ra.pem --cacert-sig ca.pem --outform pem > router.pem
              openssl, as an RA that asks for a device:
                openssl genrsa -out device.key 2048
                openssl cmp -cmd ir -server 127.0.0.1:{config.CmpUrl.Port} -path {config.CmpUrl.AbsolutePath} -ref device -secret file:{folder.CmpSecret} \
                  -recipient "/O=Demo/CN=ScepCA" -newkey device.key -subject "/O=Demo/CN=device7" -certout device.pem
              as a registered device, which then replaces its certificate (to do it again: ./pki --config {folder.CaConfig} user set-status {DemoCa.TryDevice} New):
                openssl genrsa -out device8.key 2048
                openssl cmp -cmd ir -server 127.0.0.1:{config.CmpUrl.Port} -path {clientPath} -ref {DemoCa.TryDevice} -secret file:{folder.CmpDeviceSecret} \
                  -recipient "/O=Demo/CN=ScepCA" -newkey device8.key -subject "/O=Demo/CN={DemoCa.TryDevice}" -certout device8.pem
                openssl genrsa -out device8-new.key 2048
                openssl cmp -cmd kur -server 127.0.0.1:{config.CmpUrl.Port} -path {clientPath} -cert device8.pem -key device8.key \
                  -trusted {folder.Certificate(DemoCa.Devices)} -recipient "/O=Demo/CN=ScepCA" -newkey device8-new.key -certout device8-new.pem
              and what is issued:
                openssl verify -CAfile {folder.Certificate(DemoCa.Devices)} {folder.Proof("router.pem")}
                openssl crl -inform DER -in {folder.Crl(DemoCa.Devices)} -noout -text
              and with this program:
                ./pki --config {folder.CaConfig} cert list
            """));
    }

    private string Link() => new Uri(config.AdminUrl, "demo-link?token=" + Line(folder.DemoLinkToken)).ToString();

    private static string Line(string file) => File.ReadAllText(file).TrimEnd('\n');
}
