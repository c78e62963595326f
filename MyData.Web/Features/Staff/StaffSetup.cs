using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Identity;
using MyData.Core.Staff;

namespace MyData.Web.Features.Staff;

public static class StaffSetup
{
    public static void AddStaff(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddIdentityCore<StaffUser>();
        services.AddScoped<IUserStore<StaffUser>, StaffUsers>();
        services.AddScoped<IPasskeyHandler<StaffUser>, PasskeyHandler<StaffUser>>();
        services.AddScoped<StaffPasskeySteps>();
        services.AddSingleton<OperatorOrders>();
        services.AddHostedService<OperatorDoor>();
        services
            .AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, StaffAuthenticationHandler>(StaffClaims.Scheme, null);
        services.Configure<AuthorizationOptions>(options =>
            options.AddPolicy(
                StaffClaims.HelpDesk,
                new AuthorizationPolicyBuilder(StaffClaims.Scheme)
                    .RequireClaim(StaffClaims.Role, StaffRoles.HelpDesk)
                    .Build()
            )
        );
    }
}
