package io.paritree.feature;

import io.paritree.NameList;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A table from the values of a column, or from a part of its timestamps, to slots.
 *
 * <p>The values are all text, all whole numbers, or true and false. A number with a fraction is one
 * of the other values if these are not refused, and otherwise of the wrong type. A table without
 * values reads any kind of value, and says only whether it is missing.
 */
public final class MappedFeature extends TableFeature {
  private final List<Entry> entries;
  private final Slot other;
  private final KnownValues own;

  /**
   * A value and its slot.
   *
   * @param value a {@link String}, a {@link Long} within 2^53, or a {@link Boolean}
   */
  public record Entry(Object value, Slot slot) {}

  /**
   * What is looked up.
   *
   * @param part of a timestamp; empty for the value itself
   * @param zone converts an instant to local time; empty if instants are refused, or no timestamp
   *     is read
   */
  public record Source(Optional<TimestampPart> part, Optional<ZoneId> zone) {
    public static final Source VALUE = new Source(Optional.empty(), Optional.empty());
  }

  /**
   * @param entries each value once
   * @param other the slot of any other value
   * @param ifMissing the slot of a missing value; NaN for none
   * @throws IllegalArgumentException if the values are of different kinds, a value occurs twice, or
   *     no value has a slot
   */
  public MappedFeature(
      String name,
      String column,
      Source source,
      List<Entry> entries,
      Slot other,
      Sentinels missing,
      boolean nullable,
      float ifMissing) {
    this(
        name,
        column,
        new KnownValues(
            name,
            form(name, source, entries, other),
            entries.stream().map(Entry::value).toList(),
            missing),
        entries,
        other,
        nullable,
        ifMissing);
  }

  private MappedFeature(
      String name,
      String column,
      KnownValues own,
      List<Entry> entries,
      Slot other,
      boolean nullable,
      float ifMissing) {
    super(
        name,
        column,
        own.form().reads(),
        nullable,
        ifMissing,
        own,
        Stream.concat(Stream.of(other), entries.stream().map(Entry::slot)).toList());
    this.entries = List.copyOf(entries);
    this.other = other;
    this.own = own;
  }

  private MappedFeature(MappedFeature of, Pieces shared) {
    super(of, shared, of.own.piecesOf((KnownValues) shared));
    this.entries = of.entries;
    this.other = of.other;
    this.own = of.own;
  }

  private static KnownValues.Form form(
      String name, Source source, List<Entry> entries, Slot other) {
    if (source.zone().isPresent() && source.part().isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot use the zone of feature '%s': it reads no part of a timestamp".formatted(name));
    }

    if (entries.isEmpty() && other.isRejected()) {
      throw new IllegalArgumentException(
          "Cannot use the table of feature '%s': it has no value, and refuses all others"
              .formatted(name));
    }

    if (entries.stream().map(entry -> entry.value().getClass()).distinct().count() > 1) {
      throw new IllegalArgumentException(
          "Cannot use the table of feature '%s': its values must be all text, all whole numbers, or true and false"
              .formatted(name));
    }

    Values reads = entries.isEmpty() ? Values.ANY : reads(entries.get(0).value());
    if (source.part().isEmpty()) {
      return new KnownValues.Form(reads, null, null);
    }

    if (reads != Values.WHOLE && reads != Values.ANY) {
      throw new IllegalArgumentException(
          "Cannot use the table of feature '%s': a part of a timestamp is a whole number"
              .formatted(name));
    }

    return new KnownValues.Form(Values.TIME, source.part().get(), new WallClock(source.zone()));
  }

  private static Values reads(Object value) {
    if (value instanceof String) {
      return Values.TEXT;
    }

    return value instanceof Boolean ? Values.TRUTH : Values.WHOLE;
  }

  /** Returns the values with their slots, as the manifest lists them. */
  public List<Entry> entries() {
    return entries;
  }

  /** Returns the slot of all other values. */
  public Slot other() {
    return other;
  }

  /** Returns what is looked up. */
  public Source source() {
    KnownValues.Form form = own.form();
    return form.clock() == null
        ? Source.VALUE
        : new Source(Optional.of(form.part()), form.clock().zone());
  }

  @Override
  public Optional<ZoneId> zone() {
    return source().zone();
  }

  @Override
  public Kind kind() {
    return Kind.MAPPED;
  }

  @Override
  public String expected() {
    return switch (values()) {
      case TEXT -> "text";
      case WHOLE, NUMBER -> "a whole number";
      case TRUTH -> "true, false, 0 or 1";
      case TIME -> own.form().clock().expected();
      case ANY -> "a value of any kind";
    };
  }

  @Override
  public boolean readsDates() {
    return super.readsDates() || source().part().map(TimestampPart::isOfDate).orElse(false);
  }

  @Override
  float reject(int piece, String got, Faults faults) {
    if (piece == Pieces.UNSEEN) {
      faults.countUnseen(this);
    }

    String known =
        "one of the %s values %s"
            .formatted(
                entries.size(), NameList.examples(entries.stream().map(Entry::value).toList()));
    return faults.unseenCategory(this, got, known);
  }

  @Override
  TableFeature sharing(Pieces all) {
    return new MappedFeature(this, all);
  }

  @Override
  Object form() {
    return List.of(own.form(), sentinels());
  }
}
