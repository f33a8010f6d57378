package io.paritree.spark.insight.proof;

import io.paritree.ModelException;
import io.paritree.UnsupportedModelException;
import io.paritree.model.ModelFiles;
import io.paritree.model.ScoringModel;
import io.paritree.proof.EngineForm;
import io.paritree.proof.TriedServer;
import io.paritree.proof.Way;
import io.paritree.spark.report.RefusedException;
import io.paritree.spark.tables.formats.AskedFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * The ways that a proof tries.
 *
 * @param ways the reference first
 * @param absent why others are not tried, by their names
 */
record FoundWays(List<Way> ways, Map<String, String> absent) {
  /** Returns the names of all ways. */
  static List<String> names() {
    return Stream.of(
            Stream.of(EngineForm.values()).map(EngineForm::word),
            Stream.of(SparkForm.values()).map(SparkForm::word),
            TriedServer.names().stream(),
            Stream.of(LookupWay.NAME))
        .flatMap(some -> some)
        .toList();
  }

  /** Returns whether ways of Spark are asked for. */
  static boolean areOfSpark(ProveQuery query) {
    return isAsked(query, LookupWay.NAME)
        || Stream.of(SparkForm.values()).anyMatch(form -> isAsked(query, form.word()));
  }

  /** Returns whether ways to ask a server are asked for. */
  static boolean areOfServer(ProveQuery query) {
    return isAsked(query, LookupWay.NAME)
        || TriedServer.names().stream().anyMatch(name -> isAsked(query, name));
  }

  /**
   * Finds them.
   *
   * @param tables where the ways of Spark have their records; empty if none are asked for
   * @param scoring how Spark scores
   * @param server that is asked
   * @throws RefusedException if a way that was asked for is not here, or the server does not serve
   *     the model
   */
  static FoundWays of(
      ProveQuery query,
      ScoringModel model,
      ModelFiles files,
      Optional<RecordTables> tables,
      TableScoring scoring,
      AskedServer server)
      throws ModelException, RefusedException {
    FoundWays found = new FoundWays(new ArrayList<>(), new LinkedHashMap<>());
    for (EngineForm form : EngineForm.values()) {
      if (form == EngineForm.SPEC || isAsked(query, form.word())) {
        found.add(form, model, files);
      }
    }

    for (SparkForm form : SparkForm.values()) {
      if (tables.isPresent() && isAsked(query, form.word())) {
        Optional<String> problem = problem(form, tables.get());
        if (problem.isPresent()) {
          found.absent.put(form.word(), problem.get());
        } else {
          found.ways.add(new SparkWay(form, model, tables.get(), scoring));
        }
      }
    }

    Optional<TriedServer> tried = found.addServer(query, server, model);
    if (tables.isPresent() && isAsked(query, LookupWay.NAME)) {
      Optional<String> problem = lookupProblem(query, server, tables.get());
      if (problem.isPresent()) {
        found.absent.put(LookupWay.NAME, problem.get());
      } else {
        found.ways.add(new LookupWay(model, tables.get(), scoring, tried.orElseThrow()));
      }
    }

    for (String name : query.ways()) {
      if (found.absent.containsKey(name)) {
        throw new RefusedException("Cannot try %s: %s".formatted(name, found.absent.get(name)));
      }
    }

    return found;
  }

  /** Returns whether a way is asked for by its name, or all are. */
  static boolean isAsked(ProveQuery query, String name) {
    return query.ways().isEmpty() || query.ways().contains(name);
  }

  private void add(EngineForm form, ScoringModel model, ModelFiles files) throws ModelException {
    try {
      Optional<Way> way = form.of(model, files);
      way.ifPresent(ways::add);
      if (way.isEmpty()) {
        absent.put(form.word(), "this JVM has no vectors, or the model's blocks do not use them");
      }
    } catch (UnsupportedModelException e) {
      absent.put(form.word(), e.getMessage());
    }
  }

  /** Adds the ways to ask a server; returns it, if one is asked. */
  private Optional<TriedServer> addServer(ProveQuery query, AskedServer asking, ScoringModel model)
      throws RefusedException {
    List<String> asked = TriedServer.names().stream().filter(name -> isAsked(query, name)).toList();
    if (asked.isEmpty() && asking.started().isEmpty()) {
      return Optional.empty();
    } else if (asking.url().isEmpty()) {
      asked.forEach(name -> absent.put(name, asking.problem()));
      return Optional.empty();
    }

    try {
      TriedServer server = TriedServer.of(asking.url(), query.server().token(), model);
      server.ways(model).stream().filter(way -> asked.contains(way.name())).forEach(ways::add);
      server.absent().entrySet().stream()
          .filter(each -> asked.contains(each.getKey()))
          .forEach(each -> absent.put(each.getKey(), each.getValue()));
      return Optional.of(server);
    } catch (IOException e) {
      throw new RefusedException(
          "Cannot try the server %s: %s".formatted(asking.url(), e.getMessage()));
    }
  }

  private static Optional<String> lookupProblem(
      ProveQuery query, AskedServer server, RecordTables tables) {
    if (!query.server().url().isEmpty()) {
      return Optional.of(
          "the server of --server does not serve what this publishes; one that this starts does");
    } else if (server.url().isEmpty()) {
      return Optional.of(server.problem());
    }

    return problem(SparkForm.JOB_PARQUET, tables);
  }

  private static Optional<String> problem(SparkForm form, RecordTables tables) {
    SparkSession session = tables.session();
    if (tables.areLocal() && !session.sparkContext().isLocal()) {
      return Optional.of("executors are on other machines: give a directory as --scratch");
    }

    return form == SparkForm.JOB_DELTA ? AskedFormat.DELTA.problem(session) : Optional.empty();
  }
}
