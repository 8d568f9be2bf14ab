namespace Pki.Cli.Doctor;

/// <summary>How bad a finding is.</summary>
internal enum Severity
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>It works, but will not for ever, or not as safely as it could.</summary>
    Warning,

    /// <summary>It does not work, or is not safe.</summary>
    Error,
}

/// <summary>One thing that was looked at.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="What">What was found.</param>
/// <param name="WhatToDo">The cure; null when nothing is to be done.</param>
internal sealed record Finding(Severity Severity, string What, string? WhatToDo);

/// <summary>Everything that was found, in the order of looking.</summary>
internal sealed class Findings
{
    private readonly List<Finding> all = [];

    public IReadOnlyList<Finding> All => all;

    /// <summary>How many are not ok; a check that added none may say that all is well.</summary>
    public int Problems => all.Count(finding => finding.Severity != Severity.Ok);

    public void Ok(string what) => all.Add(new(Severity.Ok, what, null));

    public void Warn(string what, string whatToDo) => all.Add(new(Severity.Warning, what, whatToDo));

    public void Fail(string what, string whatToDo) => all.Add(new(Severity.Error, what, whatToDo));

    /// <summary>Runs a check. What it throws is a finding too, and the checks after it still run.</summary>
    /// <param name="about">What is being looked at.</param>
    /// <param name="check">The check.</param>
    /// <param name="cancel">Ends everything.</param>
    public async Task GuardAsync(string about, Func<Task> check, CancellationToken cancel)
    {
        try
        {
            await check();
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested)
        {
            CliException said = Errors.Explain(fault, cancel);
            Fail($"{about}: {said.Message}", said.WhatToDo);
        }
    }
}
