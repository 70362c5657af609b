namespace ArcFace.Headless.Documents;

/// <summary>The C# of a <c>.dib</c> file: sections that each begin with a <c>#!language</c> line.</summary>
internal static class DibDocument
{
    /// <summary>Reads the C# sections, blank lines standing for what is not C#, so that line numbers are the file's.</summary>
    /// <exception cref="FormatException">A section is neither <c>#!meta</c> nor C#.</exception>
    public static string ReadCSharp(string text)
    {
        string[] lines = text.Split('\n');
        bool inCode = true;
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            bool isSelector = true;
            switch (line)
            {
                case "#!meta":
                    inCode = false;
                    break;
                case "#!csharp" or "#!c#":
                    inCode = true;
                    break;
                case ['#', '!', ..] when !inCode:
                    throw new FormatException($"line {i + 1} is '{line}': only #!meta and #!csharp sections can be imported");
                default:
                    isSelector = false;
                    break;
            }

            if (isSelector || !inCode)
            {
                lines[i] = "";
            }
        }

        return string.Join('\n', lines);
    }
}
