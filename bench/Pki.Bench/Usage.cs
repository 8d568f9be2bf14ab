namespace Pki.Bench;

/// <summary>CPU time that each side of the system has used, in milliseconds.</summary>
/// <param name="FrontEnd">SCEP RA or CMP proxy.</param>
/// <param name="Ca">The worker.</param>
/// <param name="Database">PostgreSQL.</param>
internal sealed record Usage(double FrontEnd, double Ca, double Database)
{
    public static Usage Of(DemoSite site, string frontEnd) => new(
        ProcessCpu.Milliseconds([site.Process(frontEnd)]),
        ProcessCpu.Milliseconds([site.Process("worker")]),
        ProcessCpu.Milliseconds([site.Process("postgresql")]));

    public Usage Since(Usage before) => new(FrontEnd - before.FrontEnd, Ca - before.Ca, Database - before.Database);
}
