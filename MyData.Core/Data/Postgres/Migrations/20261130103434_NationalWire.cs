using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MyData.Core.Data.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class NationalWire : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "wire_deliveries",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    CitizenId = table.Column<Guid>(type: "uuid", nullable: false),
                    ConsentId = table.Column<Guid>(type: "uuid", nullable: false),
                    ServiceId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Upload = table.Column<Guid>(type: "uuid", nullable: true),
                    Length = table.Column<long>(type: "bigint", nullable: false),
                    Digest = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    TicketHash = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Secret = table.Column<byte[]>(type: "bytea", nullable: true),
                    State = table.Column<int>(type: "integer", nullable: false),
                    Attempts = table.Column<int>(type: "integer", nullable: false),
                    NextAttemptAt = table.Column<long>(type: "bigint", nullable: true),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    LeasedUntil = table.Column<long>(type: "bigint", nullable: true),
                    EndedAt = table.Column<long>(type: "bigint", nullable: true),
                    Failure = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_wire_deliveries", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "wire_parts",
                columns: table => new
                {
                    Upload = table.Column<Guid>(type: "uuid", nullable: false),
                    Number = table.Column<int>(type: "integer", nullable: false),
                    RequestId = table.Column<Guid>(type: "uuid", nullable: false),
                    Bytes = table.Column<byte[]>(type: "bytea", nullable: false),
                    ExpiresAt = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_wire_parts", x => new { x.Upload, x.Number });
                });

            migrationBuilder.CreateIndex(
                name: "IX_wire_deliveries_CitizenId",
                table: "wire_deliveries",
                column: "CitizenId");

            migrationBuilder.CreateIndex(
                name: "IX_wire_deliveries_ConsentId",
                table: "wire_deliveries",
                column: "ConsentId");

            migrationBuilder.CreateIndex(
                name: "IX_wire_deliveries_State_NextAttemptAt",
                table: "wire_deliveries",
                columns: new[] { "State", "NextAttemptAt" });

            migrationBuilder.CreateIndex(
                name: "IX_wire_deliveries_TicketHash",
                table: "wire_deliveries",
                column: "TicketHash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_wire_parts_ExpiresAt",
                table: "wire_parts",
                column: "ExpiresAt");

            migrationBuilder.CreateIndex(
                name: "IX_wire_parts_RequestId",
                table: "wire_parts",
                column: "RequestId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "wire_deliveries");

            migrationBuilder.DropTable(
                name: "wire_parts");
        }
    }
}
