package io.paritree.feature;

import java.util.List;

/**
 * A feature whose slot depends on nothing but the piece of its column's values that a value is in.
 */
public abstract sealed class TableFeature extends Feature permits MappedFeature, StepsFeature {
  private final Pieces pieces;
  private final float[] slots; // by piece; NaN where a value is missing or refused
  private final boolean[] refused; // by piece

  /**
   * A slot that a manifest gives.
   *
   * @param value NaN is missing
   * @param isRejected whether the value is refused; then it has no slot
   */
  public record Slot(float value, boolean isRejected) {
    public static final Slot MISSING = new Slot(Float.NaN, false);
    public static final Slot REJECT = new Slot(Float.NaN, true);

    public Slot {
      value += 0f; // -0.0 is 0.0
    }

    public static Slot of(float value) {
      return new Slot(value, false);
    }

    public boolean isMissing() {
      return Float.isNaN(value) && !isRejected;
    }
  }

  /**
   * @param byPiece the slots of the pieces, from {@link Pieces#UNSEEN} on
   */
  TableFeature(
      String name,
      String column,
      Values values,
      boolean nullable,
      float ifMissing,
      Pieces pieces,
      List<Slot> byPiece) {
    super(name, column, values, pieces.sentinels(), nullable, ifMissing);
    this.pieces = pieces;
    this.slots = new float[pieces.size()];
    this.refused = new boolean[pieces.size()];
    slots[Pieces.MISSING] = nullable ? ifMissing : Float.NaN;
    refused[Pieces.MISSING] = !nullable;
    slots[Pieces.REFUSED] = Float.NaN;
    refused[Pieces.REFUSED] = true;
    for (int piece = Pieces.UNSEEN; piece < slots.length; piece++) {
      Slot slot = byPiece.get(piece - Pieces.UNSEEN);
      slots[piece] = slot.value();
      refused[piece] = slot.isRejected();
    }
  }

  /** Creates the same feature with other pieces, of which each is within one of its own. */
  TableFeature(TableFeature of, Pieces pieces, int[] ownPieces) {
    super(of.name(), of.column(), of.values(), of.sentinels(), of.nullable(), of.ifMissing());
    this.pieces = pieces;
    this.slots = new float[ownPieces.length];
    this.refused = new boolean[ownPieces.length];
    for (int piece = 0; piece < ownPieces.length; piece++) {
      slots[piece] = of.slots[ownPieces[piece]];
      refused[piece] = of.refused[ownPieces[piece]];
    }
  }

  /** Returns the pieces into which the feature divides the values of its column. */
  public final Pieces pieces() {
    return pieces;
  }

  /** Returns the slot of a piece; NaN if its values are missing or refused. */
  public final float slot(int piece) {
    return slots[piece];
  }

  /** Returns whether the values of a piece have a fault. */
  public final boolean refuses(int piece) {
    return refused[piece];
  }

  /** Returns whether the values of a piece are in a place of their own, and have no fault. */
  public final boolean isPlain(int piece) {
    return piece >= Pieces.FIRST && !refused[piece];
  }

  /**
   * Looks up the slots of values whose pieces are known.
   *
   * @param of the pieces, from 0 on
   * @param to receives the slots, from {@code at} on
   * @return how many of the values have no slot, or are missing or unseen
   */
  public final int slots(int[] of, int count, float[] to, int at) {
    float[] table = slots;
    int others = 0;
    for (int row = 0; row < count; row++) {
      int piece = of[row];
      float slot = table[piece];
      to[at + row] = slot;
      others += piece < Pieces.FIRST || slot != slot ? 1 : 0;
    }

    return others;
  }

  @Override
  public final float number(double value, Faults faults) {
    int piece = pieces.number(value);
    return isAccepted(piece) ? accepted(piece, faults) : refuse(piece, value, faults);
  }

  private float refuse(int piece, double value, Faults faults) {
    boolean isFraction = values() == Values.WHOLE && value != Math.rint(value);
    if (piece != Pieces.REFUSED && !isFraction) {
      return reject(piece, Faults.text(value), faults);
    }

    boolean areNumbers = values() != Values.TRUTH && !values().isText();
    return areNumbers && Float.isInfinite((float) value)
        ? faults.notFinite(this, value)
        : faults.wrongType(this, value);
  }

  @Override
  public final float text(byte[] utf8, int offset, int length, Faults faults) {
    int piece = pieces.text(utf8, offset, length);
    return isAccepted(piece)
        ? accepted(piece, faults)
        : refuse(piece, utf8, offset, length, faults);
  }

  private float refuse(int piece, byte[] utf8, int offset, int length, Faults faults) {
    if (piece != Pieces.REFUSED) {
      return reject(piece, Faults.text(utf8, offset, length), faults);
    }

    return switch (values()) {
      case TIME -> faults.badTimestamp(this, Faults.text(utf8, offset, length), expected());
      case TEXT, ANY ->
          length > MAX_TEXT
              ? faults.longText(this, utf8, offset, length)
              : faults.wrongType(this, "text with an unpaired surrogate, or not in UTF-8");
      case NUMBER, WHOLE, TRUTH -> faults.wrongType(this, utf8, offset, length);
    };
  }

  @Override
  public final float truth(boolean value, Faults faults) {
    int piece = pieces.truth(value);
    if (isAccepted(piece)) {
      return accepted(piece, faults);
    }

    String got = String.valueOf(value);
    return piece == Pieces.REFUSED ? faults.wrongType(this, got) : reject(piece, got, faults);
  }

  @Override
  public final float instant(long microsUtc, Faults faults) {
    return time(pieces.instant(microsUtc), "an instant", faults);
  }

  @Override
  public final float local(long micros, Faults faults) {
    return time(pieces.local(micros), "a local time", faults);
  }

  private float time(int piece, String got, Faults faults) {
    if (isAccepted(piece)) {
      return accepted(piece, faults);
    }

    if (piece != Pieces.REFUSED) {
      return reject(piece, got, faults);
    }

    return values() == Values.TIME
        ? faults.badTimestamp(this, got, expected())
        : faults.wrongType(this, "a timestamp");
  }

  private boolean isAccepted(int piece) {
    return piece == Pieces.MISSING || !refused[piece];
  }

  private float accepted(int piece, Faults faults) {
    if (piece == Pieces.MISSING) {
      return missing(faults);
    }

    if (piece == Pieces.UNSEEN) {
      faults.countUnseen(this);
    }

    return slots[piece];
  }

  /** Adds the fault of a value in a piece that has no slot; returns NaN. */
  abstract float reject(int piece, String got, Faults faults);

  /**
   * Returns the same feature with pieces that it shares with others of its column.
   *
   * @param all pieces of which each is within one of its own
   */
  abstract TableFeature sharing(Pieces all);

  /** Returns what features must have in common to share their pieces. */
  abstract Object form();
}
