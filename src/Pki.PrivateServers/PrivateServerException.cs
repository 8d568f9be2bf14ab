namespace Pki.PrivateServers;

/// <summary>A private server did not start, stop or answer. The message ends with the last lines of its log.</summary>
public class PrivateServerException : Exception
{
    /// <summary>Says what happened and, where it is known, what to do.</summary>
    public PrivateServerException(string message)
        : base(message)
    {
    }
}

/// <summary>A server's programs are not on this machine. The message names the package that brings them.</summary>
public sealed class ServerNotInstalledException : PrivateServerException
{
    /// <summary>Names the missing program and its Debian package.</summary>
    public ServerNotInstalledException(string program, string debianPackage)
        : base($"The program '{program}' was found neither on PATH nor in its usual folder. On Debian: apt-get install {debianPackage}")
    {
        Program = program;
        DebianPackage = debianPackage;
    }

    /// <summary>The program that was looked for.</summary>
    public string Program { get; }

    /// <summary>The Debian package that contains it.</summary>
    public string DebianPackage { get; }
}
