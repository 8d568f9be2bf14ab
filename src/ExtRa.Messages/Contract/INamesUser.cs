namespace ExtRa.Messages.Contract;

/// <summary>A request that names the end entity it is about; the audit log finds it by that name.</summary>
public interface INamesUser
{
    /// <summary>Name of the end entity; null where the request finds it another way.</summary>
    string? Username { get; }
}
