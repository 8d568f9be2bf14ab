using ExtRa.Legacy.JavaStreams;
using ExtRa.Legacy.Sealing;
using ExtRa.Messages.Sealing;

namespace CaServiceWorker;

/// <summary>
/// Tells, once for each worker, that a program of version 6.3 signs its requests. If it is 6.3.0 it cannot verify a
/// single signature (FLAWS.md F13): it would ask again and again and never read an answer, and nobody would know why.
/// On the wire it looks like 6.3.1, which can.
/// </summary>
internal sealed partial class LegacyPeers(Worker worker, ILogger<LegacyPeers> log)
{
    private int noted;

    public void Saw(OpenedMessage message)
    {
        if (message is OpenedLegacyMessage { Signer: { } signer, Maps: not JavaMapKind.HashMap } && Interlocked.Exchange(ref noted, 1) == 0)
        {
            LogNote(worker.Name, signer.Subject.ToString());
        }
    }

    [LoggerMessage(3057, LogLevel.Warning, "Worker {Worker}: '{Signer}' signs as version 6.3 does. If it is 6.3.0 it verifies no signature and reads no signed answer: bring it to 6.3.1.")]
    private partial void LogNote(string worker, string signer);
}
