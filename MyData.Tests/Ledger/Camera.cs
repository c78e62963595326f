using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Tests.Ledger;

/// <summary>Looks at every step of every commit: before it, inside it, after it.</summary>
internal sealed class Camera(ICommitLog inner, Action look) : ICommitLog
{
    public static void Put(IServiceCollection services, Action look)
    {
        var log = services.Last(service => service.ServiceType == typeof(ICommitLog));
        services.Replace(
            ServiceDescriptor.Singleton<ICommitLog>(provider => new Camera(
                (ICommitLog)ActivatorUtilities.CreateInstance(provider, log.ImplementationType!),
                look
            ))
        );
    }

    public void Begin(MyDataDb db, WriterStatements statements, DateTimeOffset now)
    {
        look();
        inner.Begin(db, statements, now);
    }

    public void Record(WriteScope scope, IReadOnlyList<Event> events) => inner.Record(scope, events);

    public void Seal()
    {
        inner.Seal();
        look();
    }

    public void Committed()
    {
        look();
        inner.Committed();
    }

    public void Failed() => inner.Failed();
}
