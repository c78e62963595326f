using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MyData.Core.Data.Migrations
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
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "FetchOfId",
                table: "service_requests",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Failure",
                table: "service_items",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "standing_consents",
                columns: table => new
                {
                    RequestId = table.Column<Guid>(type: "TEXT", nullable: false),
                    CitizenId = table.Column<Guid>(type: "TEXT", nullable: false),
                    ServiceId = table.Column<string>(type: "TEXT", nullable: false),
                    ConsentId = table.Column<Guid>(type: "TEXT", nullable: false),
                    TermsVersion = table.Column<int>(type: "INTEGER", nullable: false),
                    From = table.Column<long>(type: "INTEGER", nullable: false),
                    Until = table.Column<long>(type: "INTEGER", nullable: false),
                    EverySeconds = table.Column<long>(type: "INTEGER", nullable: false),
                    Level = table.Column<int>(type: "INTEGER", nullable: false),
                    Methods = table.Column<string>(type: "TEXT", nullable: false),
                    AuthTime = table.Column<long>(type: "INTEGER", nullable: false),
                    NextAt = table.Column<long>(type: "INTEGER", nullable: false),
                    LastAt = table.Column<long>(type: "INTEGER", nullable: true),
                    LastRequestId = table.Column<Guid>(type: "TEXT", nullable: true),
                    Struck = table.Column<string>(type: "TEXT", nullable: false),
                    PausedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Code = table.Column<string>(type: "TEXT", nullable: true),
                    KeyThumbprint = table.Column<string>(type: "TEXT", nullable: true),
                    FamilyHash = table.Column<string>(type: "TEXT", nullable: true),
                    RefreshHash = table.Column<string>(type: "TEXT", nullable: true),
                    PreviousHash = table.Column<string>(type: "TEXT", nullable: true),
                    RotatedAt = table.Column<long>(type: "INTEGER", nullable: true)
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
