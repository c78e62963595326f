using MyData.Core.Events;

namespace MyData.Core.Data;

/// <summary>
/// What a feature does when another's event is raised, inside the very write that raises it: both are durable, or neither.
/// Like the write it holds no waiting, I/O or cryptography.
/// </summary>
public interface IEventFollower
{
    void Follow(WriteScope scope, Event happened);
}
