package io.paritree.model.trainer;

import io.paritree.feature.TimestampFeature;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The trainer may have taken parts of times in another zone. */
final class ZoneCauses {
  /** Zones with summer time, one for each of the usual rules. */
  private static final List<String> ZONES =
      List.of(
          "Europe/Berlin",
          "Europe/London",
          "Europe/Athens",
          "America/New_York",
          "America/Chicago",
          "America/Denver",
          "America/Los_Angeles",
          "Australia/Sydney",
          "Asia/Kolkata");

  private ZoneCauses() {}

  static Stream<Cause> of(SampledRows sample) {
    List<Integer> times =
        IntStream.range(0, sample.schema().width())
            .filter(index -> sample.feature(index) instanceof TimestampFeature)
            .boxed()
            .toList();
    Stream<ZoneId> hours = IntStream.rangeClosed(-12, 14).mapToObj(ZoneOffset::ofHours);
    return times.isEmpty()
        ? Stream.empty()
        : Stream.concat(hours, ZONES.stream().map(ZoneId::of))
            .map(zone -> cause(sample, times, zone));
  }

  private static Cause cause(SampledRows sample, List<Integer> times, ZoneId zone) {
    String name = zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId();
    return Cause.ofInputs(
        "the trainer took the timestamps in the zone " + name,
        "give \"zone\": " + SampledRows.json(name),
        Set.copyOf(times),
        (row, slots) -> {
          boolean isPossible = true;
          for (int index : times) {
            TimestampFeature time = (TimestampFeature) sample.feature(index);
            TimestampFeature zoned =
                new TimestampFeature(
                    time.name(),
                    time.column(),
                    time.part(),
                    Optional.of(zone),
                    time.sentinels(),
                    time.nullable());
            isPossible &= SampledRows.put(zoned, sample.cell(row, index), slots, index);
          }

          return isPossible;
        });
  }
}
