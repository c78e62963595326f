using System.Reflection;
using System.Reflection.Emit;

namespace MyData.Tests.Rules;

/// <summary>Reads what compiled code really refers to: closer to the truth than its usings. ECMA-335 §III.1.2.</summary>
internal static class Il
{
    private const BindingFlags Own =
        BindingFlags.Public
        | BindingFlags.NonPublic
        | BindingFlags.Instance
        | BindingFlags.Static
        | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    /// <summary>An instruction with the string or member that it names, if any.</summary>
    public readonly record struct Step(OpCode Code, object? Operand);

    public static IEnumerable<MethodBase> Methods(Type type) =>
        type.GetMethods(Own).Concat<MethodBase>(type.GetConstructors(Own));

    public static List<Step> Steps(MethodBase method)
    {
        var steps = new List<Step>();
        var il = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var at = 0; at < il.Length; )
        {
            var code = il[at] == 0xFE ? Codes[(short)(0xFE00 | il[at + 1])] : Codes[il[at]];
            at += code.Size;
            steps.Add(new Step(code, Operand(method, code, il, at)));
            at += Length(code, il, at);
        }
        return steps;
    }

    /// <summary>Every type that this type's declaration and code name, type arguments taken apart.</summary>
    public static HashSet<Type> TypesIn(Type type)
    {
        var found = new HashSet<Type>();
        Add(found, type.BaseType);
        foreach (var contract in type.GetInterfaces())
            Add(found, contract);
        foreach (var field in type.GetFields(Own))
            Add(found, field.FieldType);
        foreach (var method in Methods(type))
        {
            AddSignature(found, method);
            foreach (var local in method.GetMethodBody()?.LocalVariables ?? [])
                Add(found, local.LocalType);
            foreach (var step in Steps(method))
                AddMember(found, step.Operand as MemberInfo);
        }
        return found;
    }

    /// <summary>The type that stands in a file: closures and nested types belong to it.</summary>
    public static Type Outermost(Type type)
    {
        while (type.DeclaringType is { } outer)
            type = outer;
        return type;
    }

    private static void AddMember(HashSet<Type> found, MemberInfo? member)
    {
        switch (member)
        {
            case Type type:
                Add(found, type);
                break;
            case FieldInfo field:
                Add(found, field.DeclaringType);
                Add(found, field.FieldType);
                break;
            case MethodBase method:
                Add(found, method.DeclaringType);
                AddSignature(found, method);
                break;
        }
    }

    private static void AddSignature(HashSet<Type> found, MethodBase method)
    {
        foreach (var parameter in method.GetParameters())
            Add(found, parameter.ParameterType);
        if (method is MethodInfo { ReturnType: var result })
            Add(found, result);
        if (method.IsGenericMethod)
            foreach (var argument in method.GetGenericArguments())
                Add(found, argument);
    }

    private static void Add(HashSet<Type> found, Type? type)
    {
        if (type is null || type.IsGenericParameter)
            return;
        if (type.HasElementType)
        {
            Add(found, type.GetElementType());
            return;
        }
        if (!found.Add(type) || !type.IsGenericType)
            return;
        foreach (var argument in type.GetGenericArguments())
            Add(found, argument);
    }

    private static object? Operand(MethodBase method, OpCode code, byte[] il, int at)
    {
        if (code.OperandType == OperandType.InlineString)
            return method.Module.ResolveString(BitConverter.ToInt32(il, at));
        if (
            code.OperandType
            is not (
                OperandType.InlineMethod
                or OperandType.InlineField
                or OperandType.InlineType
                or OperandType.InlineTok
            )
        )
            return null;
        return method.Module.ResolveMember(
            BitConverter.ToInt32(il, at),
            method.DeclaringType?.GetGenericArguments(),
            method.IsGenericMethod ? method.GetGenericArguments() : null
        );
    }

    private static int Length(OpCode code, byte[] il, int at) =>
        code.OperandType switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, at)),
            _ => 4,
        };
}
