namespace Ca.Core.EndEntities;

/// <summary>Whether each of some things can have a partner of its own among others.</summary>
internal static class Pairing
{
    /// <summary>By augmenting paths: whoever finds every fitting partner taken asks the one who has it to take another.</summary>
    /// <param name="fits">For each thing, which partners fit it.</param>
    public static bool Exists(bool[][] fits)
    {
        int partners = fits.Length == 0 ? 0 : fits[0].Length;
        int[] takenBy = new int[partners];
        Array.Fill(takenBy, -1);
        return Enumerable.Range(0, fits.Length).All(thing => Place(thing, new bool[partners]));

        bool Place(int thing, bool[] asked)
        {
            for (int partner = 0; partner < partners; partner++)
            {
                if (!fits[thing][partner] || asked[partner])
                {
                    continue;
                }

                asked[partner] = true;
                if (takenBy[partner] < 0 || Place(takenBy[partner], asked))
                {
                    takenBy[partner] = thing;
                    return true;
                }
            }

            return false;
        }
    }
}
