using MyData.Core.Catalog;

namespace MyData.Web.Sandbox.Counters;

/// <summary>A made-up clerk, who signs in by a click.</summary>
public sealed record SandboxClerk(string Key, Guid Id, string Name, string Office)
{
    public LocalText OfficeName =>
        SandboxCounters.Services.Select(service => service.Office(Office)).First(office => office is not null)!.Name;
}

/// <summary>One at each counter of the sandbox, and two at one.</summary>
public static class SandboxClerks
{
    public static IReadOnlyList<SandboxClerk> All { get; } =
    [
        new("hro", new("5a4d0b0e-0000-7000-8000-000000000011"), "王小明", SandboxCounters.HouseholdOffice),
        new("east", new("5a4d0b0e-0000-7000-8000-000000000012"), "吳佩珍", SandboxCounters.EastOffice),
        new("east2", new("5a4d0b0e-0000-7000-8000-000000000013"), "許志豪", SandboxCounters.EastOffice),
        new("west", new("5a4d0b0e-0000-7000-8000-000000000014"), "賴怡如", SandboxCounters.WestOffice),
        new("dmv", new("5a4d0b0e-0000-7000-8000-000000000015"), "蔡俊宏", SandboxCounters.VehicleOffice),
    ];

    public static SandboxClerk? Find(string? key) => All.FirstOrDefault(clerk => clerk.Key == key);
}
