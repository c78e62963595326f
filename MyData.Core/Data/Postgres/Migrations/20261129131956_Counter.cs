using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MyData.Core.Data.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class Counter : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Office",
                table: "staff",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.CreateTable(
                name: "counter_agents",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    ConsentId = table.Column<Guid>(type: "uuid", nullable: false),
                    CitizenId = table.Column<Guid>(type: "uuid", nullable: false),
                    ServiceId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    AgentId = table.Column<Guid>(type: "uuid", nullable: true),
                    State = table.Column<int>(type: "integer", nullable: false),
                    AgentKey = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    AskedAt = table.Column<long>(type: "bigint", nullable: false),
                    ExpiresAt = table.Column<long>(type: "bigint", nullable: false),
                    EndedAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_counter_agents", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "counter_failures",
                columns: table => new
                {
                    Key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Count = table.Column<int>(type: "integer", nullable: false),
                    Since = table.Column<long>(type: "bigint", nullable: false),
                    ClosedUntil = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_counter_failures", x => x.Key);
                });

            migrationBuilder.CreateTable(
                name: "counter_services",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Listing = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Place = table.Column<int>(type: "integer", nullable: false),
                    Listed = table.Column<bool>(type: "boolean", nullable: false),
                    ChangedAt = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_counter_services", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "counter_tickets",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Number = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ConsentId = table.Column<Guid>(type: "uuid", nullable: false),
                    CitizenId = table.Column<Guid>(type: "uuid", nullable: false),
                    HolderId = table.Column<Guid>(type: "uuid", nullable: false),
                    ServiceId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Printed = table.Column<bool>(type: "boolean", nullable: false),
                    State = table.Column<int>(type: "integer", nullable: false),
                    Version = table.Column<int>(type: "integer", nullable: false),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    ExpiresAt = table.Column<long>(type: "bigint", nullable: false),
                    ClerkId = table.Column<Guid>(type: "uuid", nullable: true),
                    ClerkSessionId = table.Column<Guid>(type: "uuid", nullable: true),
                    Office = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ReservedUntil = table.Column<long>(type: "bigint", nullable: true),
                    Commitment = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    HolderKey = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    HolderNonce = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ClerkKey = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    ClerkNonce = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    WrongCards = table.Column<int>(type: "integer", nullable: false),
                    RedeemedAt = table.Column<long>(type: "bigint", nullable: true),
                    EndedAt = table.Column<long>(type: "bigint", nullable: true),
                    Code = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    CaseNumber = table.Column<byte[]>(type: "bytea", nullable: true),
                    TakenOverAt = table.Column<long>(type: "bigint", nullable: true),
                    TakenOver = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_counter_tickets", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "counter_items",
                columns: table => new
                {
                    TicketId = table.Column<Guid>(type: "uuid", nullable: false),
                    TransferId = table.Column<Guid>(type: "uuid", nullable: false),
                    DataSetId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Entry = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    AgentEntry = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    OpenedAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_counter_items", x => new { x.TicketId, x.TransferId });
                    table.ForeignKey(
                        name: "FK_counter_items_counter_tickets_TicketId",
                        column: x => x.TicketId,
                        principalTable: "counter_tickets",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_counter_agents_AgentId",
                table: "counter_agents",
                column: "AgentId");

            migrationBuilder.CreateIndex(
                name: "IX_counter_agents_CitizenId",
                table: "counter_agents",
                column: "CitizenId");

            migrationBuilder.CreateIndex(
                name: "IX_counter_agents_ConsentId",
                table: "counter_agents",
                column: "ConsentId");

            migrationBuilder.CreateIndex(
                name: "IX_counter_items_TransferId",
                table: "counter_items",
                column: "TransferId");

            migrationBuilder.CreateIndex(
                name: "IX_counter_tickets_CitizenId",
                table: "counter_tickets",
                column: "CitizenId");

            migrationBuilder.CreateIndex(
                name: "IX_counter_tickets_ConsentId",
                table: "counter_tickets",
                column: "ConsentId");

            migrationBuilder.CreateIndex(
                name: "IX_counter_tickets_HolderId",
                table: "counter_tickets",
                column: "HolderId");

            migrationBuilder.CreateIndex(
                name: "IX_counter_tickets_Number",
                table: "counter_tickets",
                column: "Number",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_counter_tickets_State_ExpiresAt",
                table: "counter_tickets",
                columns: new[] { "State", "ExpiresAt" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "counter_agents");

            migrationBuilder.DropTable(
                name: "counter_failures");

            migrationBuilder.DropTable(
                name: "counter_items");

            migrationBuilder.DropTable(
                name: "counter_services");

            migrationBuilder.DropTable(
                name: "counter_tickets");

            migrationBuilder.DropColumn(
                name: "Office",
                table: "staff");
        }
    }
}
