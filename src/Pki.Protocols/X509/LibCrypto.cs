using System.Runtime.InteropServices;

namespace Pki.Protocols.X509;

/// <summary>
/// The seven calls of OpenSSL 3 that compute base^exponent mod modulus. .NET has loaded the same library already;
/// its own way to an RSA public key imports the key first, which costs six times the computation and takes locks
/// that do not scale over cores.
/// </summary>
internal static partial class LibCrypto
{
    private const string Library = "libcrypto.so.3";

    /// <summary>False where there is no OpenSSL 3; the caller then computes with managed code.</summary>
    public static bool IsAvailable { get; } = NativeLibrary.TryLoad(Library, typeof(LibCrypto).Assembly, DllImportSearchPath.SafeDirectories, out _);

    /// <summary>Computes value^exponent mod modulus into the whole of result, left-padded with zeros.</summary>
    /// <returns>False when OpenSSL fails, which for a sane modulus means it is out of memory.</returns>
    public static bool ModExp(ReadOnlySpan<byte> value, ReadOnlySpan<byte> exponent, ReadOnlySpan<byte> modulus, Span<byte> result)
    {
        nint context = BN_CTX_new();
        nint a = BN_bin2bn(value, value.Length, 0);
        nint p = BN_bin2bn(exponent, exponent.Length, 0);
        nint m = BN_bin2bn(modulus, modulus.Length, 0);
        nint r = BN_new();
        try
        {
            return context != 0 && a != 0 && p != 0 && m != 0 && r != 0
                && BN_mod_exp(r, a, p, m, context) == 1
                && BN_bn2binpad(r, result, result.Length) == result.Length;
        }
        finally
        {
            // Each of them takes null. The base is cleared: when encrypting it holds the padded content key.
            BN_clear_free(a);
            BN_clear_free(r);
            BN_clear_free(p);
            BN_clear_free(m);
            BN_CTX_free(context);
        }
    }

    [LibraryImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint BN_CTX_new();

    [LibraryImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void BN_CTX_free(nint context);

    [LibraryImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint BN_new();

    [LibraryImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void BN_clear_free(nint number);

    [LibraryImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint BN_bin2bn(ReadOnlySpan<byte> bytes, int length, nint into);

    [LibraryImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int BN_bn2binpad(nint number, Span<byte> to, int length);

    [LibraryImport(Library), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int BN_mod_exp(nint result, nint value, nint exponent, nint modulus, nint context);
}
