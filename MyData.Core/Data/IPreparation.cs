namespace MyData.Core.Data;

/// <summary>What a feature checks or makes when the database is ready, before anything is served.</summary>
public interface IPreparation
{
    /// <exception cref="InvalidOperationException">The platform must not start; the message says why.</exception>
    void Prepare();
}
