#include "apps/cli/cli.h"

int main(int argc, char** argv) { return holdfast::RunProgram(argc, argv); }
