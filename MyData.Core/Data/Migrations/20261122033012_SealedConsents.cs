using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MyData.Core.Data.Migrations
{
    /// <inheritdoc />
    public partial class SealedConsents : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Parameters",
                table: "transfers");

            migrationBuilder.AlterColumn<byte[]>(
                name: "Receipt",
                table: "consents",
                type: "BLOB",
                nullable: false,
                oldClrType: typeof(string),
                oldType: "TEXT");

            migrationBuilder.AlterColumn<byte[]>(
                name: "Items",
                table: "consents",
                type: "BLOB",
                nullable: false,
                oldClrType: typeof(string),
                oldType: "TEXT");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            throw new NotSupportedException("What was sealed is not laid open again.");
        }
    }
}
