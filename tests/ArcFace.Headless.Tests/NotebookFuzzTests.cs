using System.Text;
using ArcFace.Tests;

namespace ArcFace.Headless.Tests;

public sealed class NotebookFuzzTests
{
    private static readonly byte[] Small = Encoding.UTF8.GetBytes(
        """
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"name": ".net-csharp"}, "language_info": {"name": "C#"}}, "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# Title\n", "Text with ü and \ud83d\ude00."]},
        {"cell_type": "code", "id": "b", "metadata": {"tags": ["hide-input"]}, "execution_count": 1, "source": "#!import setup.dib\nint x = 1;\nx", "outputs": [
          {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": ["1"], "application/json": {"a": [1, 2.5e3, null]}}},
          {"output_type": "stream", "name": "stdout", "text": "one\ntwo\n"}, {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]}]}]}
        """);

    [Fact]
    public void A_damaged_notebook_is_read_checked_and_written_or_refused()
    {
        string copy = Path.GetTempFileName();
        Fuzz.Files<NotebookFormatException>(".ipynb", [Small, Shipped()], path =>
        {
            NotebookDocument notebook = NotebookDocument.Load(path);
            notebook.Save(copy);
            NotebookDocument.Load(copy);
            NotebookChecker.Check(notebook);
            NotebookProgram.Create(notebook, "project.csproj");
        });
        File.Delete(copy);
    }

    private static byte[] Shipped()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "ArcFaceNotebooks.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return File.ReadAllBytes(Directory.GetFiles(Path.Combine(folder, "notebooks"), "*.ipynb").Order(StringComparer.Ordinal).First());
    }
}
