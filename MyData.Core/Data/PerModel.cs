using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore.Metadata;

namespace MyData.Core.Data;

/// <summary>A compiled query of everybody's, where a process may have both databases open: Entity Framework compiles for one model.</summary>
internal sealed class PerModel<T>(Func<T> compile)
{
    private readonly ConcurrentDictionary<IModel, T> _compiled = new();

    public T For(MyDataDb db) => _compiled.GetOrAdd(db.Model, _ => compile());
}
