using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using MyData.Core.Citizens;
using MyData.Core.Data;

namespace MyData.Web.Features.SignIn;

/// <summary>What a request tells of where it comes from.</summary>
public sealed class Visitor(PersonalDataVault vault, IDataProtectionProvider protection)
{
    private const string DeviceCookie = "__Host-device";
    private static readonly TimeSpan DeviceLife = TimeSpan.FromDays(180);
    private readonly ITimeLimitedDataProtector _device = protection
        .CreateProtector("remembered-device")
        .ToTimeLimitedDataProtector();

    public SignInOrigin Origin(HttpContext context) =>
        new(DeviceNames.Of(context.Request.Headers.UserAgent.ToString()), Pseudonym(context))
        {
            KnownTo = Device(context)?.CitizenId,
        };

    /// <summary>The IPv4 address, or the /64 of an IPv6 address, which is what one household gets.</summary>
    public static string Network(HttpContext context) => Network(context.Connection.RemoteIpAddress);

    /// <inheritdoc cref="Network(HttpContext)"/>
    public static string Network(IPAddress? remote)
    {
        var address = remote ?? IPAddress.None;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8))
            : address.ToString();
    }

    /// <summary>The /48 of an IPv6 address, which is what a customer with many networks gets; null for any other.</summary>
    public static string? Site(IPAddress? remote) =>
        Network(remote) is { Length: 16 } network && !network.Contains('.', StringComparison.Ordinal)
            ? network[..12]
            : null;

    /// <summary>The device that has signed in here before; null for a new one or a forged cookie.</summary>
    public RememberedDevice? Device(HttpContext context)
    {
        if (context.Request.Cookies[DeviceCookie] is not { Length: < 1024 } cookie)
            return null;
        try
        {
            return RememberedDevice.Parse(_device.Unprotect(cookie));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public void Remember(HttpContext context, Guid citizenId, string method)
    {
        var id = Device(context)?.Id ?? Ids.New();
        var value = new RememberedDevice(id, citizenId, method).ToString();
        context.Response.Cookies.Append(
            DeviceCookie,
            _device.Protect(value, DeviceLife),
            SessionCookie.Options(DeviceLife)
        );
    }

    private string Pseudonym(HttpContext context) => vault.Pseudonym(Network(context), "network")[..16];
}

/// <summary>A browser in which somebody has signed in: who, and with what, so that it is offered first.</summary>
public sealed record RememberedDevice(Guid Id, Guid CitizenId, string Method)
{
    public override string ToString() => $"{Id:N} {CitizenId:N} {Method}";

    public static RememberedDevice? Parse(string text) =>
        text.Split(' ') is [var id, var citizen, var method]
        && Guid.TryParse(id, out var device)
        && Guid.TryParse(citizen, out var citizenId)
            ? new(device, citizenId, method)
            : null;
}
