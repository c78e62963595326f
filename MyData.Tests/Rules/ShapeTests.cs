using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Logging;
using Microsoft.JSInterop;
using MyData.Core;
using MyData.Core.Citizens;

namespace MyData.Tests.Rules;

/// <summary>How types look, and what code never does.</summary>
public sealed class ShapeTests
{
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
    public void LogMethods_TakeNoPersonalValue()
    {
        string[] personal = ["nationalId", "uid", "name", "email", "birthdate", "phone", "token", "secret", "claim"];
        var wrong =
            from type in All
            from method in type.GetMethods(
                BindingFlags.Static
                    | BindingFlags.Instance
                    | BindingFlags.Public
                    | BindingFlags.NonPublic
                    | BindingFlags.DeclaredOnly
            )
            where method.GetCustomAttribute<LoggerMessageAttribute>() is not null
            from parameter in method.GetParameters()
            where
                parameter.ParameterType == typeof(NationalId)
                || parameter.ParameterType.Name is "CitizenIdentity" or "CitizenContact"
                || personal.Contains(parameter.Name, StringComparer.OrdinalIgnoreCase)
            select $"{type.FullName}.{method.Name}({parameter.Name})";
        Findings.None(wrong);
    }

    // A source-generated method has named, typed values, which the test above can read; a call with an array has not.
    [Fact]
    public void Logging_GoesThroughGeneratedMethods() =>
        Findings.None(
            (
                from type in All
                where !IsGenerated(type)
                from method in Il.Methods(type)
                from step in Il.Steps(method)
                where
                    step.Operand is MethodInfo { DeclaringType.Name: "LoggerExtensions" } called
                    && called.Name.StartsWith("Log", StringComparison.Ordinal)
                select Il.Outermost(type).FullName
            ).Distinct()
        );

    private static bool IsGenerated(Type type) =>
        Il.Outermost(type).GetCustomAttribute<CompilerGeneratedAttribute>() is not null
        || type.GetCustomAttribute<CompilerGeneratedAttribute>() is not null
        || type.Name is "_Imports"
        || type.Name.Contains('<', StringComparison.Ordinal)
        || type.FullName!.Contains("__", StringComparison.Ordinal);
}
