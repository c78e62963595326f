using System.Text.Json;

namespace MyData.Core.Citizens;

/// <summary>The further facts of a sign-in event: no number, no address.</summary>
internal static class SignInDetails
{
    public static string Json(string methods, AssuranceLevel level, SignInOrigin origin) =>
        JsonSerializer.Serialize(
            new
            {
                methods,
                level = (int)level,
                device = origin.Device,
                network = origin.Network,
            }
        );
}
