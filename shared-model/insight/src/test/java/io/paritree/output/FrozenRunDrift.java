package io.paritree.output;

/** Reads the drift of a run and writes it again. */
public final class FrozenRunDrift {
  private FrozenRunDrift() {}

  public static byte[] rewritten(byte[] document, String where) throws DamagedFileException {
    return RunDrift.fromJson(document, where).toJson();
  }
}
