package io.paritree.spark.insight.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.drift.Baseline;
import io.paritree.output.StateDirectory;
import io.paritree.output.StoredProfile;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.MarginProfile;
import io.paritree.profile.Profile;
import io.paritree.spark.publish.FaultyStore;
import io.paritree.spark.publish.OutputPlace;
import io.paritree.spark.publish.Published;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaselinesTest {
  private static final String MODEL = "m1";

  @TempDir Path directory;

  private final Map<String, String> published = new HashMap<>();
  private KeptProfiles kept;

  @BeforeEach
  void place() throws IOException {
    Location output = Location.of(directory.resolve("out"));
    kept = new KeptProfiles(new OutputPlace(FileStore.of(output), output));
  }

  private static Profile profile(long rows) {
    return new Profile(
        rows,
        rows,
        rows,
        rows,
        List.of(new FeatureProfile("age", "age", 0, 0, Optional.empty(), List.of(0.5))),
        List.of(),
        List.of(new MarginProfile(1, 0.5, OptionalDouble.empty())),
        Map.of());
  }

  private void publish(String partition, long rows) throws IOException {
    publish(partition, rows, MODEL);
  }

  private void publish(String partition, long rows, String model) throws IOException {
    String identity = "i" + rows;
    kept.write(partition, identity, new StoredProfile(model, profile(rows)));
    published.put(partition, identity);
  }

  private Published.Writer writer(String partition, List<String> identities) {
    String identity = published.get(partition);
    return identity == null
        ? Published.Writer.GONE
        : Published.Writer.first(identities, identity::equals);
  }

  private Baselines baselines() {
    return new Baselines(MODEL, Optional.empty(), kept, this::writer);
  }

  private List<String> partitions(String name, String of) throws IOException {
    return partitions(name, baselines().of(of));
  }

  private static List<String> partitions(String name, Baselines.Found found) {
    List<String> partitions =
        found.baselines().stream()
            .filter(baseline -> baseline.name().equals(name))
            .flatMap(baseline -> baseline.partitions().stream())
            .toList();
    assertThat(partitions.isEmpty()).isEqualTo(found.absences().containsKey(name));
    return partitions;
  }

  @Test
  void previousIsTheNewestPartitionBefore() throws IOException {
    for (int day = 1; day <= 12; day++) {
      publish("day=" + day, day);
    }

    assertThat(partitions("previous", "day=11")).containsExactly("day=10");
    assertThat(partitions("previous", "day=10")).containsExactly("day=9");
    assertThat(partitions("previous", "day=1")).isEmpty();
    assertThat(partitions("previous", "hour=11")).isEmpty();
    assertThat(partitions("weekday", "day=11")).isEmpty();
    assertThat(baselines().of("day=1").absences())
        .containsEntry("weekday", "its partition is not one of a day")
        .containsEntry("previous", "no partition before it is published with a profile")
        .containsEntry("reference", "the model's package has no reference");
  }

  @Test
  void weekdayIsTheLastFourOfTheSameWeekdayInEightWeeks() throws IOException {
    for (String day : List.of("01-02", "01-09", "01-16", "01-23", "01-30", "02-05")) {
      publish("day=2024-" + day, 100);
    }

    Baselines.Found found = baselines().of("day=2024-02-06");
    assertThat(partitions("weekday", found))
        .containsExactly("day=2024-01-30", "day=2024-01-23", "day=2024-01-16", "day=2024-01-09");
    assertThat(partitions("previous", found)).containsExactly("day=2024-02-05");
    Baseline weekday = found.baselines().get(1);
    assertThat(weekday.rows()).isEqualTo(100);
    assertThat(weekday.profile().rows()).isEqualTo(400);
    assertThat(partitions("weekday", "day=2024-03-26")).containsExactly("day=2024-01-30");
    assertThat(partitions("weekday", "day=2024-04-02")).isEmpty();
    publish("day=20240130", 100);
    assertThat(partitions("weekday", "day=20240206")).containsExactly("day=20240130");
    assertThat(partitions("weekday", "day=20249906")).isEmpty();
  }

  @Test
  void aDayIsComparedWithDaysOfTheSameRegionAndHour() throws IOException {
    publish("region=eu/day=2024-01-01/hour=5", 1);
    publish("region=eu/day=2024-01-07/hour=5", 2);
    publish("region=eu/day=2024-01-08/hour=4", 3);
    publish("region=de/day=2024-01-07/hour=5", 4);

    assertThat(partitions("previous", "region=eu/day=2024-01-08/hour=5"))
        .containsExactly("region=eu/day=2024-01-07/hour=5");
    assertThat(partitions("weekday", "region=eu/day=2024-01-08/hour=5"))
        .containsExactly("region=eu/day=2024-01-01/hour=5");
    assertThat(partitions("previous", "region=fr/day=2024-01-08/hour=5")).isEmpty();
  }

  @Test
  void withoutADayColumnsOfNumbersAreTheTime() throws IOException {
    publish("region=eu/year=2023/month=12", 1);
    publish("region=us/year=2024/month=1", 2);

    assertThat(partitions("previous", "region=eu/year=2024/month=1"))
        .containsExactly("region=eu/year=2023/month=12");
    assertThat(partitions("previous", "region=us/year=2024/month=1")).isEmpty();
    publish("month=2023-12", 1);
    assertThat(partitions("previous", "month=2024-01")).containsExactly("month=2023-12");
    assertThat(partitions("previous", "shop=b")).isEmpty();
  }

  @Test
  void anOutputWithoutPartitionsIsComparedWithWhatItReplaces() throws IOException {
    publish("", 7);

    assertThat(partitions("previous", "")).containsExactly("");
    assertThat(baselines().of("").baselines().get(0).rows()).isEqualTo(7);
  }

  @Test
  void onlyProfilesOfWhatIsPublishedCount() throws IOException {
    publish("day=1", 1);
    publish("day=2", 2);
    kept.write("day=3", "i3", new StoredProfile(MODEL, profile(3)));
    published.put("day=2", "i9");
    Files.write(
        StateDirectory.profile(kept.place().state(), "day=2", "i9").toPath(), new byte[] {'{'});

    assertThat(partitions("previous", "day=4")).containsExactly("day=1");
  }

  @Test
  void partitionsThatTheGroupPublishesCount() throws IOException {
    publish("day=2024-01-01", 1);
    Baselines baselines = baselines();
    baselines.publishes("day=2024-01-01", profile(11));
    baselines.publishes("day=2024-01-07", profile(70));

    Baselines.Found found = baselines.of("day=2024-01-08");

    assertThat(found.baselines()).extracting(Baseline::rows).containsExactly(70.0, 11.0);
  }

  @Test
  void contributionsOfAnotherModelAreLeftOut() throws IOException {
    publish("day=1", 1, "m0");
    publish("day=3", 3);

    Profile other = baselines().of("day=2").baselines().get(0).profile();
    assertThat(other.margins()).isEmpty();
    assertThat(other.features().get(0).contributions()).isEmpty();
    assertThat(baselines().of("day=4").baselines().get(0).profile()).isEqualTo(profile(3));
  }

  @Test
  void profilesOfWhatIsNotPublishedAnyMoreAreRemoved() throws IOException {
    for (int day = 1; day <= 40; day++) {
      publish("day=" + day, day);
    }

    kept.write("day=30", "before", new StoredProfile(MODEL, profile(1)));
    kept.write("day=31", "before", new StoredProfile(MODEL, profile(1)));
    published.remove("day=1");
    published.remove("day=2");
    kept.write("day=32", "after", new StoredProfile(MODEL, profile(1)));
    published.put("day=32", "of a run without drift");
    kept.removeUnused(List.of("day=30", "day=32"), () -> this::writer);

    assertThat(kept.identities("day=30")).containsExactly("i30");
    assertThat(kept.identities("day=31")).as("another run's").hasSize(2);
    assertThat(kept.identities("day=32")).as("of rows that nobody knows").hasSize(2);
    try (Stream<Path> days = Files.list(StateDirectory.profiles(kept.place().state()).toPath())) {
      assertThat(days.map(day -> day.getFileName().toString()))
          .hasSize(38)
          .doesNotContain("day=1", "day=2");
    }
  }

  @Test
  void aGroupListsProfilesOnceAndReadsThemBeforeItIsCompared() throws IOException {
    List<String> group = new ArrayList<>();
    for (String region : List.of("eu", "us")) {
      for (int day = 10; day < 20; day++) {
        publish("region=%s/day=2024-01-%s".formatted(region, day), day);
      }

      group.add("region=%s/day=2024-01-20".formatted(region));
      group.add("region=%s/day=2024-01-24".formatted(region));
    }

    List<String> calls = Collections.synchronizedList(new ArrayList<>());
    OutputPlace place = kept.place();
    FileStore counted = new FaultyStore(place.store(), (operation, change) -> calls.add(operation));
    Baselines baselines =
        new Baselines(
            MODEL,
            Optional.empty(),
            new KeptProfiles(new OutputPlace(counted, place.output())),
            this::writer);
    baselines.read(group);
    String profiles = StateDirectory.profiles(place.state()).toString();
    assertThat(calls).filteredOn(call -> call.equals("list " + profiles)).hasSize(1);
    assertThat(calls).filteredOn(call -> call.endsWith("day=2024-01-19")).hasSize(2);

    calls.clear();
    for (String partition : group) {
      for (String name : List.of("previous", "weekday")) {
        assertThat(partitions(name, baselines.of(partition)))
            .isEqualTo(partitions(name, partition))
            .isNotEmpty();
      }
    }

    assertThat(calls).isEmpty();
  }

  @Test
  void profilesStayWhileARunHasNotEnded() throws IOException {
    kept.write("day=1", "next", new StoredProfile(MODEL, profile(1)));
    Files.createDirectories(kept.place().state().resolve("run-00000000").toPath());

    kept.removeUnused(List.of("day=1"), () -> this::writer);

    assertThat(kept.identities("day=1")).containsExactly("next");
  }
}
