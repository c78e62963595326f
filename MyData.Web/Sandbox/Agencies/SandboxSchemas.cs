using System.Text.Json;
using System.Text.Json.Nodes;

namespace MyData.Web.Sandbox.Agencies;

/// <summary>The JSON Schemas (draft 2020-12) of the data sets, as files embedded beside this one.</summary>
public static class SandboxSchemas
{
    /// <summary>The schema's text.</summary>
    /// <exception cref="FileNotFoundException">There is no such file: a mistake in SandboxAgencies.</exception>
    public static string Of(SandboxDataSet dataSet)
    {
        var name = $"Sandbox/{dataSet.Schema ?? dataSet.Slug}.schema.json";
        using var stream =
            typeof(SandboxSchemas).Assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException(name);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>The names of the fields at the top, in order.</summary>
    public static IReadOnlyList<string> Fields(SandboxDataSet dataSet)
    {
        using var schema = JsonDocument.Parse(Of(dataSet));
        return [.. schema.RootElement.GetProperty("properties").EnumerateObject().Select(p => p.Name)];
    }

    /// <summary>Leaves only the fields that were asked for; none asked for means all.</summary>
    public static JsonObject Only(JsonObject data, IReadOnlyList<string> fields)
    {
        if (fields.Count == 0)
            return data;
        foreach (var name in data.Select(p => p.Key).Where(name => !fields.Contains(name)).ToList())
            data.Remove(name);
        return data;
    }
}
