namespace MyData.Load;

public static class Program
{
    public static void Main() { }
}
