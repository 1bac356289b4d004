package io.mdevmigration.node.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;

/** Prints results to standard output, and notes to standard error. */
final class Printer {
  private final PrintWriter out;
  private final PrintWriter err;

  Printer(CommandSpec spec) {
    this.out = spec.commandLine().getOut();
    this.err = spec.commandLine().getErr();
  }

  void print(Output output, Object view, Supplier<String> table, List<String> notes) {
    notes.forEach(note -> err.println("mdev-node: " + note));
    err.flush();
    if (output == Output.json) {
      out.println(json(view));
    } else {
      out.print(table.get());
    }
    out.flush();
  }

  private static String json(Object view) {
    try {
      return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(view);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a view that is no JSON", e);
    }
  }
}
