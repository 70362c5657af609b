using System.Buffers.Binary;
using System.Text;
using ArcFace.Interchange;
using TorchSharp;
using static TorchSharp.torch;

namespace ArcFace.Tests.Interchange;

public sealed class BoundedMemoryTests
{
    // What the runtime takes for itself between two collections.
    private const long Runtime = 96 << 20;

    [Fact]
    public void A_safetensors_header_costs_no_more_than_its_multiple()
    {
        if (OwnProcess.Passed(typeof(BoundedMemoryTests)))
        {
            return;
        }

        using var folder = new TemporaryFolder();
        string[] headers =
        [
            Header(i => $"\"{i}\":\"\"", "{\"__metadata__\":{", "}}"),
            Header(i => $"\"{i}\":{{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}", "{", "}"),
            Header(i => "0", "{\"x\":{\"dtype\":\"U8\",\"shape\":[", "]}}"),
            new string('[', SafetensorsHeader.LongestHeader),
        ];
        foreach (string header in headers)
        {
            Write(folder["file"], header);
            long growth = OwnProcess.PeakGrowth(() => Record.Exception(() => Safetensors.ReadHeader(folder["file"])));
            Assert.InRange(growth, 0, ((long)SafetensorsHeader.MostMemory * header.Length) + Runtime);
        }

        Write(folder["file"], new string(' ', 98_000_000));
        Assert.InRange(OwnProcess.PeakGrowth(() => Assert.Throws<InvalidDataException>(() => Safetensors.ReadHeader(folder["file"]))), 0, 16 << 20);
    }

    [Fact]
    public void Tensors_cost_what_they_hold()
    {
        if (OwnProcess.Passed(typeof(BoundedMemoryTests)))
        {
            return;
        }

        using var folder = new TemporaryFolder();
        const long bytes = 200L << 20;
        using (Tensor x = ones(bytes / 4))
        {
            Safetensors.Save(folder["file"], new Dictionary<string, Tensor> { ["x"] = x });
        }

        using DisposeScope scope = NewDisposeScope();
        Assert.InRange(OwnProcess.PeakGrowth(() => Safetensors.Load(folder["file"])), bytes / 2, bytes + (32 << 20));
    }

    private static string Header(Func<int, string> item, string start, string end)
    {
        var text = new StringBuilder(start, SafetensorsHeader.LongestHeader);
        for (int i = 0; text.Length < SafetensorsHeader.LongestHeader - 100; i++)
        {
            text.Append(i == 0 ? "" : ",").Append(item(i));
        }

        return text.Append(end).ToString();
    }

    private static void Write(string path, string header)
    {
        byte[] length = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        File.WriteAllBytes(path, [.. length, .. Encoding.ASCII.GetBytes(header)]);
    }
}
