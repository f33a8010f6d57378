package io.paritree.model.command;

import io.paritree.model.rows.InputException;
import io.paritree.replay.Replay;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code parity replay}: scores the lines of a server's prediction log again. */
@Command(
    name = "replay",
    description = {
      "Scores each line of a server's prediction log again, by the plain loops over trees and the"
          + " version that the line names, and compares score, margin and label bit by bit; also"
          + " what the record of a line gives, if the server keeps records."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      ModelMain.OK + ":no line differs",
      ModelMain.USAGE + ":wrong usage",
      ModelMain.INPUT_REFUSED + ":log refused, or with --strict a line was not scored again",
      ModelMain.DIFFERS + ":a line differs, or a version is another model now",
      ModelMain.FAILED + ":anything else"
    })
final class ReplayCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--log",
      required = true,
      arity = "1..*",
      paramLabel = "FILE|DIR",
      description =
          "Files of the log, also packed with gzip, or a directory that has no others; repeatable.")
  private List<Path> logs;

  @Option(
      names = "--store",
      required = true,
      paramLabel = "MODELS",
      description =
          "Where the models are that the lines name: a store, or a model as for scripts/serve, in"
              + " whose store the others are found; repeatable.")
  private List<String> stores;

  @Option(names = "--strict", description = "End with 3 if a line was not scored again.")
  private boolean strict;

  @Mixin private OutputFormat format;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Local file for the evidence, as JSON; an existing one is replaced.")
  private Path json;

  @Override
  public Integer call() throws Exception {
    Replay replay = Replay.of(files(), stores);
    byte[] evidence = replay.json();
    format.printDocument(replay::text, () -> new String(evidence, StandardCharsets.UTF_8));
    int exitCode = exitCode(replay);
    if (json != null) {
      write(evidence, exitCode);
    }

    return exitCode;
  }

  private int exitCode(Replay replay) {
    if (!replay.differing().isEmpty()) {
      return ended(ModelMain.DIFFERS, "Differs: " + String.join(", ", replay.differing()));
    } else if (strict && !replay.unproved().isEmpty()) {
      return ended(ModelMain.INPUT_REFUSED, "Not proved: " + String.join(", ", replay.unproved()));
    }

    return ModelMain.OK;
  }

  /** Writes the evidence; that it cannot be written is said, and hides no other reason. */
  private void write(byte[] evidence, int exitCode) throws IOException {
    try {
      Files.write(json, evidence);
    } catch (IOException e) {
      if (exitCode == ModelMain.OK) {
        throw e;
      }

      spec.commandLine().getErr().println("The evidence was not written: " + e);
    }
  }

  private int ended(int exitCode, String reason) {
    spec.commandLine().getErr().println(reason);
    return exitCode;
  }

  /** Returns the files that are named, and those in the directories that are named. */
  private List<Path> files() throws InputException, IOException {
    Set<Path> files = new LinkedHashSet<>();
    for (Path log : logs) {
      if (!Files.exists(log)) {
        throw new InputException("Cannot find the log %s".formatted(log));
      }

      for (Path file : Files.isDirectory(log) ? inDirectory(log) : List.of(log)) {
        if (!files.add(file.toRealPath())) {
          throw new InputException(
              "Cannot replay %s twice: name each file of the log once".formatted(file));
        }
      }
    }

    return new ArrayList<>(files);
  }

  private static List<Path> inDirectory(Path directory) throws InputException, IOException {
    try (Stream<Path> listed = Files.list(directory)) {
      List<Path> files =
          listed
              .filter(Files::isRegularFile)
              .filter(file -> !file.getFileName().toString().startsWith("."))
              .sorted()
              .toList();
      if (files.isEmpty()) {
        throw new InputException("Cannot replay %s: there is no file in it".formatted(directory));
      }

      return files;
    }
  }
}
