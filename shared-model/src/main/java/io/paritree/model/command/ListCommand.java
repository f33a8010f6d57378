package io.paritree.model.command;

import io.paritree.json.JsonText;
import io.paritree.model.layout.ModelStore;
import io.paritree.model.rows.InputException;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.PrintWriter;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code model list}: lists the models of a store, their versions and aliases. */
@Command(name = "list", description = "Lists the models of a store, their versions and aliases.")
final class ListCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--store", required = true, paramLabel = "DIR", description = "The store.")
  private String store;

  @Option(names = "--format", defaultValue = "text", description = "text or json (default: text).")
  private OutputFormat format;

  private record Entry(List<Long> versions, SortedMap<String, Long> aliases) {}

  @Override
  public Integer call() throws Exception {
    Location root = Location.of(store);
    if (FileStore.of(root).find(root).isEmpty()) {
      throw new InputException("Cannot list %s: there is no such directory".formatted(store));
    }

    ModelStore models = new ModelStore(root);
    SortedMap<String, Entry> entries = new TreeMap<>();
    for (String name : models.names()) {
      entries.put(name, new Entry(models.versions(name), models.aliases(name)));
    }

    PrintWriter out = spec.commandLine().getOut();
    switch (format) {
      case TEXT ->
          entries.forEach(
              (name, entry) ->
                  out.println(
                      "%s  versions %s  aliases %s"
                          .formatted(name, entry.versions(), entry.aliases())));
      case JSON -> out.print(json(entries));
    }

    return ModelMain.OK;
  }

  private static String json(SortedMap<String, Entry> entries) {
    return JsonText.text(
        out -> {
          out.writeStartObject();
          out.writeArrayFieldStart("models");
          for (var entry : entries.entrySet()) {
            out.writeStartObject();
            out.writeStringField("name", entry.getKey());
            out.writeArrayFieldStart("versions");
            for (long version : entry.getValue().versions()) {
              out.writeNumber(version);
            }

            out.writeEndArray();
            out.writeObjectFieldStart("aliases");
            for (var alias : entry.getValue().aliases().entrySet()) {
              out.writeNumberField(alias.getKey(), alias.getValue());
            }

            out.writeEndObject();
            out.writeEndObject();
          }

          out.writeEndArray();
          out.writeEndObject();
        });
  }
}
