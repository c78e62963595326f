using System.Reflection;
using MyData.Core.Events;

namespace MyData.Web.Features.Ledger;

/// <summary>The operations that the platform itself records: its kinds of event.</summary>
public static class OperationCodes
{
    public static IReadOnlyList<string> All { get; } =
    [
        .. typeof(EventKinds)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral)
            .Select(field => (string)field.GetRawConstantValue()!),
    ];
}
