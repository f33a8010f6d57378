package io.paritree.serving.insight.runs;

import io.javalin.http.Context;
import io.paritree.NameList;
import io.paritree.drift.Drift;
import io.paritree.json.Documents;
import io.paritree.json.JsonText;
import io.paritree.output.PartitionValue;
import io.paritree.output.RunDrift;
import io.paritree.profile.Profile;
import io.paritree.serving.answer.Answers;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.request.MediaTypes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * {@code GET /v1/scores/{table}/drift}: how the rows of each partition differ from others, as the
 * job's newest run of it has reported; with {@code partition=P}, all that is known of one; with
 * {@code against=BASELINES} besides, one comparison of it; with {@code nights=N}, a series.
 * Thread-safe.
 */
public final class StoredDriftHandler {
  private static final int MOST = 100;

  private final RunsHandler runs;
  private final Function<String, Optional<Profile>> references;

  /**
   * @param references returns the reference of the served model with a digest, if it has one
   */
  public StoredDriftHandler(RunsHandler runs, Function<String, Optional<Profile>> references) {
    this.runs = runs;
    this.references = references;
  }

  public void handle(Context ctx) {
    ReportedRuns reported = runs.runs(ctx);
    StoredDriftQuery query = StoredDriftQuery.of(ctx);
    MediaTypes.requireJsonAccepted(ctx);
    Map<String, Reported> newest = newest(reported);
    if (query.nights().isPresent()) {
      series(newest, reported, query, ctx);
    } else if (query.partition().isEmpty()) {
      list(newest, ctx);
    } else if (query.against().isEmpty()) {
      detail(one(newest, reported, query), reported, ctx);
    } else {
      comparison(one(newest, reported, query), reported, query, ctx);
    }
  }

  /** Returns the partitions, the newest first. */
  private static Map<String, Reported> newest(ReportedRuns runs) {
    Comparator<String> newestFirst = PartitionValue.ORDER.reversed();
    Map<String, Reported> newest = new TreeMap<>(newestFirst);
    for (EndedRun run : runs.list().runs()) {
      run.nights()
          .forEach(night -> newest.putIfAbsent(night.partition(), new Reported(run, night)));
    }

    return newest;
  }

  private static Reported one(
      Map<String, Reported> newest, ReportedRuns reported, StoredDriftQuery query) {
    return query
        .partition()
        .filter(PartitionValue::isPath)
        .flatMap(reported::night)
        .orElseThrow(
            () ->
                new ProblemException(
                    Problems.UNKNOWN_NIGHT.of(NameList.known(List.copyOf(newest.keySet())))));
  }

  private static void list(Map<String, Reported> newest, Context ctx) {
    List<Reported> shown = new ArrayList<>(newest.values());
    List<Reported> first = shown.subList(0, Math.min(MOST, shown.size()));
    Answers.object(
        ctx,
        json -> {
          json.writeStringField("name", ctx.pathParam("table"));
          JsonText.objects(
              json, "partitions", first, one -> DriftJson.night(one.run(), one.night(), json));
          json.writeNumberField("left", shown.size() - first.size());
        });
  }

  private static void detail(Reported one, ReportedRuns reported, Context ctx) {
    RunDrift.Partition all = reported.drift(one.run().directory(), one.night().partition());
    Answers.object(
        ctx,
        json -> {
          json.writeStringField("name", ctx.pathParam("table"));
          DriftJson.night(one.run(), one.night(), json);
          json.writeFieldName("detail");
          Documents.write(all, json);
        });
  }

  private void comparison(
      Reported one, ReportedRuns reported, StoredDriftQuery query, Context ctx) {
    RunDrift.Partition partition =
        reported.drifts(List.of(one), (any, found) -> found).stream()
            .flatMap(Optional::stream)
            .findFirst()
            .orElseThrow(
                () -> new ProblemException(Problems.UNKNOWN_RUN.of(ctx.pathParam("table"))));
    NightComparison comparison = comparison(one, partition, reported, query);
    if (query.field().filter(name -> !comparison.hasField(name)).isPresent()) {
      throw new ProblemException(
          Problems.BAD_PARAMETER.of("field", "a field that the model has read"));
    }

    Answers.object(
        ctx,
        json -> {
          json.writeStringField("name", ctx.pathParam("table"));
          DriftJson.night(one.run(), one.night(), json);
          JsonText.array(
              json,
              "baselines",
              partition.drifts().stream().map(Drift::baseline).toList(),
              json::writeString);
          json.writeObjectFieldStart("comparison");
          comparison.write(query, json);
          json.writeEndObject();
        });
  }

  private NightComparison comparison(
      Reported one, RunDrift.Partition rows, ReportedRuns reported, StoredDriftQuery query) {
    Optional<Drift> drift = rows.first(query.against());
    if (drift.isEmpty()) {
      return new NightComparison(rows.profile(), drift, BaselineProfiles.Found.absent(""));
    }

    BaselineProfiles profiles = new BaselineProfiles(reported, references);
    return new NightComparison(rows.profile(), drift, profiles.of(one, drift.get()));
  }

  private static void series(
      Map<String, Reported> newest, ReportedRuns reported, StoredDriftQuery query, Context ctx) {
    List<Reported> wanted = newest.values().stream().limit(query.nights().orElseThrow()).toList();
    List<Optional<SeriesNight>> nights =
        reported.drifts(wanted, (one, partition) -> SeriesNight.of(partition, query));
    Answers.object(
        ctx,
        json -> {
          json.writeStringField("name", ctx.pathParam("table"));
          json.writeArrayFieldStart("nights");
          for (int at = 0; at < nights.size(); at++) {
            json.writeStartObject();
            DriftJson.point(wanted.get(at).run(), wanted.get(at).night(), json);
            if (nights.get(at).isPresent()) {
              nights.get(at).get().write(json);
            }

            json.writeEndObject();
          }

          json.writeEndArray();
          json.writeNumberField("left", newest.size() - nights.size());
        });
  }
}
