using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MyData.Core.Data.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class StandingConsents : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "ForService",
                table: "transfers",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<Guid>(
                name: "FetchOfId",
                table: "service_requests",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Failure",
                table: "service_items",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.CreateTable(
                name: "standing_consents",
                columns: table => new
                {
                    RequestId = table.Column<Guid>(type: "uuid", nullable: false),
                    CitizenId = table.Column<Guid>(type: "uuid", nullable: false),
                    ServiceId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ConsentId = table.Column<Guid>(type: "uuid", nullable: false),
                    TermsVersion = table.Column<int>(type: "integer", nullable: false),
                    From = table.Column<long>(type: "bigint", nullable: false),
                    Until = table.Column<long>(type: "bigint", nullable: false),
                    EverySeconds = table.Column<long>(type: "bigint", nullable: false),
                    Level = table.Column<int>(type: "integer", nullable: false),
                    Methods = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    AuthTime = table.Column<long>(type: "bigint", nullable: false),
                    NextAt = table.Column<long>(type: "bigint", nullable: false),
                    LastAt = table.Column<long>(type: "bigint", nullable: true),
                    LastRequestId = table.Column<Guid>(type: "uuid", nullable: true),
                    Struck = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    PausedAt = table.Column<long>(type: "bigint", nullable: true),
                    EndedAt = table.Column<long>(type: "bigint", nullable: true),
                    Code = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    KeyThumbprint = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    FamilyHash = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    RefreshHash = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    PreviousHash = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    RotatedAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_standing_consents", x => x.RequestId);
                    table.ForeignKey(
                        name: "FK_standing_consents_service_requests_RequestId",
                        column: x => x.RequestId,
                        principalTable: "service_requests",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_service_requests_FetchOfId",
                table: "service_requests",
                column: "FetchOfId");

            migrationBuilder.CreateIndex(
                name: "IX_standing_consents_CitizenId",
                table: "standing_consents",
                column: "CitizenId");

            migrationBuilder.CreateIndex(
                name: "IX_standing_consents_EndedAt_Until",
                table: "standing_consents",
                columns: new[] { "EndedAt", "Until" });

            migrationBuilder.CreateIndex(
                name: "IX_standing_consents_FamilyHash",
                table: "standing_consents",
                column: "FamilyHash",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "standing_consents");

            migrationBuilder.DropIndex(
                name: "IX_service_requests_FetchOfId",
                table: "service_requests");

            migrationBuilder.DropColumn(
                name: "ForService",
                table: "transfers");

            migrationBuilder.DropColumn(
                name: "FetchOfId",
                table: "service_requests");

            migrationBuilder.DropColumn(
                name: "Failure",
                table: "service_items");
        }
    }
}
