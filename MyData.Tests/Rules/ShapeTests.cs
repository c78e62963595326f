using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.JSInterop;
using MyData.Core;
using MyData.Core.Citizens;
using MyData.Core.Data;

namespace MyData.Tests.Rules;

/// <summary>How types look, and what code never does.</summary>
public sealed partial class ShapeTests
{
    private static readonly Type[] PersonalTypes =
    [
        typeof(NationalId),
        typeof(CitizenIdentity),
        typeof(CitizenContact),
    ];

    private static readonly HashSet<string> Personal = new(StringComparer.OrdinalIgnoreCase)
    {
        "nationalId",
        "uid",
        "name",
        "email",
        "mail",
        "birthdate",
        "phone",
        "address",
        "token",
        "cookie",
        "secret",
        "claim",
        "body",
        "value",
    };

    private static readonly Type[] All =
    [
        .. new[] { typeof(CoreSetup).Assembly, typeof(Program).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.Namespace?.StartsWith("MyData", StringComparison.Ordinal) == true),
    ];

    [Fact]
    public void Classes_WithoutHeirs_AreSealed()
    {
        var bases = All.Select(type => type.BaseType)
            .Select(b => b is { IsGenericType: true } ? b.GetGenericTypeDefinition() : b)
            .ToHashSet();
        var open = All.Where(type => type is { IsClass: true, IsSealed: false, IsAbstract: false })
            .Where(type => !type.IsAssignableTo(typeof(IComponent)) && !bases.Contains(type) && !IsGenerated(type));
        Findings.None(open.Select(type => type.FullName));
    }

    // What escapes such a service, its own cancellation too, is a failure to the host.
    [Fact]
    public void BackgroundServices_EndAsLoops() =>
        Findings.None(
            All.Where(type => type.IsAssignableTo(typeof(BackgroundService)))
                .Where(type => !type.IsAssignableTo(typeof(BackgroundLoop)))
                .Select(type => type.FullName)
        );

    // Opened data lives in plain pages and our own modules; nothing calls from a module into a circuit.
    [Fact]
    public void Circuits_CannotBeCalledFromScript() =>
        Findings.None(
            from type in All
            from method in Il.Methods(type)
            where method.GetCustomAttribute<JSInvokableAttribute>() is not null
            select $"{type.FullName}.{method.Name}"
        );

    [Fact]
    public void Logs_HoldNoPersonalValue()
    {
        var generated =
            from type in All
            from method in Il.Methods(type)
            where method.GetCustomAttribute<LoggerMessageAttribute>() is not null
            from parameter in method.GetParameters()
            where PersonalTypes.Contains(parameter.ParameterType) || Personal.Contains(parameter.Name!)
            select $"{type.FullName}.{method.Name}({parameter.Name})";
        var direct =
            from type in All
            from method in Il.Methods(type)
            let steps = Il.Steps(method)
            from at in Enumerable.Range(0, steps.Count)
            where steps[at].Operand is MethodInfo { DeclaringType.Name: "LoggerExtensions" }
            let template = steps[..at].Select(step => step.Operand).OfType<string>().LastOrDefault("{}")
            from Match name in Placeholder().Matches(template)
            where Personal.Contains(name.Groups[1].Value)
            select $"{Il.Outermost(type).FullName}: {template}";
        Findings.None(generated.Concat(direct));
    }

    private static bool IsGenerated(Type type) =>
        Il.Outermost(type).GetCustomAttribute<CompilerGeneratedAttribute>() is not null
        || type.GetCustomAttribute<CompilerGeneratedAttribute>() is not null
        || type.Name is "_Imports"
        || type.Namespace is "MyData.Core.Data.Migrations" or "MyData.Core.Data.Postgres.Migrations"
        || type.Name.Contains('<', StringComparison.Ordinal)
        || type.FullName!.Contains("__", StringComparison.Ordinal);

    [GeneratedRegex(@"\{(\w+)")]
    private static partial Regex Placeholder();
}
