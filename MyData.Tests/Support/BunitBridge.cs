using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace MyData.Tests.Support;

internal static class BunitBridge
{
    // bUnit asks for a signed AngleSharp.Diffing of another version; the one beside the tests does.
    [ModuleInitializer]
    internal static void Answer() =>
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            name.Name == "AngleSharp.Diffing"
                ? context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "AngleSharp.Diffing.dll"))
                : null;
}
