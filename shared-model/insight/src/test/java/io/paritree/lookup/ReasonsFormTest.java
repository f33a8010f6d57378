package io.paritree.lookup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.output.PartitionManifest;
import io.paritree.output.ReasonsForm;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How reasons are read is recorded with a partition and its index, in a small form. */
class ReasonsFormTest {
  private static final ReasonsForm FORM =
      new ReasonsForm(
          "down",
          Map.of("late", "1"),
          Set.of("amount", "a".repeat(2_000)),
          Set.of("express"),
          Map.of("address", List.of("city", "zip")),
          Map.of("amount", "High \"amount\""),
          Map.of("amount", "Low amount"));

  private static Optional<ReasonsForm> published(String reasons) throws IOException {
    String content =
        "{\"format\":1,\"partition\":\"\",\"identity\":\"i\",\"directory\":\"d\",\"reasons\":%s}";
    return PartitionManifest.fromJson(content.formatted(reasons).getBytes(UTF_8), "it").reasons();
  }

  private static ReasonsForm numbers(Set<String> names) {
    return new ReasonsForm("both", Map.of(), names, Set.of(), Map.of(), Map.of(), Map.of());
  }

  private static Set<String> names(int count, int length) {
    return IntStream.range(0, count)
        .mapToObj(name -> "%s%s".formatted("x".repeat(length), name))
        .collect(Collectors.toCollection(HashSet::new));
  }

  @Test
  void itReadsBackFromAPartitionAndAnIndexAndMembersOfLaterVersionsAreIgnored() throws Exception {
    String json = new String(FORM.toJson(), UTF_8);

    assertThat(published(json)).contains(FORM);
    assertThat(published(json.replaceFirst("\\{", "{\"later\":{\"a\":[1]},"))).contains(FORM);
    IndexManifest manifest =
        new IndexManifest(
            "day=1",
            "identity",
            "run-00000001",
            "run",
            "m/1",
            "2026-11-25T02:11:09Z",
            new KeyForm(List.of(new KeyColumn("id", KeyColumn.Type.INTEGER, 0))),
            List.of("score"),
            Optional.of(FORM),
            1,
            0,
            0,
            0,
            ScoreSpread.NONE,
            List.of(new IndexManifest.ShardFile("shard-0", 1, "0".repeat(64))));
    assertThat(IndexManifest.fromJson(manifest.toJson(), manifest.digests(), "it"))
        .isEqualTo(manifest);
  }

  @Test
  void aPartitionIsReadWithItsReasons() throws Exception {
    String content =
        "{\"format\":1,\"partition\":\"\",\"identity\":\"i\",\"directory\":\"d\",\"reasons\":%s}"
            .formatted(new String(FORM.toJson(), UTF_8));
    PartitionManifest published = PartitionManifest.fromJson(content.getBytes(UTF_8), "it");

    assertThat(published.reasons()).contains(FORM);
  }

  @Test
  void whatWouldNotFitIntoTheManifestOfAnIndexIsNotSmall() {
    assertThat(FORM.isSmall()).isTrue();
    assertThat(numbers(names(15_000, 10)).isSmall()).isTrue();
    assertThat(numbers(names(20_000, 1)).isSmall()).isFalse();
    assertThat(numbers(names(10, 60_000)).isSmall()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"direction\":\"sideways\"}",
        "{\"outputs\":[[\"a\"]]}",
        "{\"groups\":[[]]}",
        "{\"texts\":[[\"up\",\"a\"]]}",
        "{\"numbers\":[1]}",
        "7",
      })
  void whatIsNoFormIsRefused(String reasons) {
    assertThatThrownBy(() -> published(reasons))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("Cannot read it at /reasons");
  }

  @Test
  void moreTextsThanAJobRecordsAreRefused() {
    String many =
        names(20_001, 0).stream().map("\"%s\""::formatted).collect(Collectors.joining(","));

    assertThatThrownBy(() -> published("{\"numbers\":[%s]}".formatted(many)))
        .hasMessageContaining("at most 20000 texts");
  }
}
