using System.Text.RegularExpressions;
using MyData.Core.Catalog;

namespace MyData.Web.Sandbox.Agencies;

/// <summary>Parameters as the listing promises them.</summary>
public static class ParameterCheck
{
    /// <exception cref="AgencyRefusal">422 naming the parameter, <c>parameter.…</c></exception>
    public static IReadOnlyDictionary<string, string> Check(
        SandboxDataSet dataSet,
        IReadOnlyDictionary<string, string> given
    )
    {
        if (given.Keys.FirstOrDefault(name => dataSet.Parameters.All(p => p.Name != name)) is { } unknown)
            throw Wrong("parameter.unknown", unknown);
        foreach (var parameter in dataSet.Parameters)
            Check(parameter, given.GetValueOrDefault(parameter.Name, ""));
        return given;
    }

    private static void Check(ParameterListing parameter, string value)
    {
        if (value.Length == 0 && parameter.Required)
            throw Wrong("parameter.missing", parameter.Name);
        if (
            value.Length > 0
            && !Regex.IsMatch(value, parameter.Pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))
        )
            throw Wrong("parameter.form", parameter.Name);
    }

    private static AgencyRefusal Wrong(string code, string name) =>
        new(StatusCodes.Status422UnprocessableEntity, code, "A parameter is wrong.") { Parameter = name };
}
