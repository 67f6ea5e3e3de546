#include "chaos/simulation/trouble.h"

namespace holdfast {

void Trouble(SimConfig& config) {
  config.mix.kills = 5;
  config.mix.kill_everything = 0.4;
  config.mix.kill_in_call = 0.5;
  config.mix.kill_again = 0.7;
  config.interval = Duration(1'500'000);
  config.record_gap = Duration(400'000);
  config.late_output = Duration(5'000'000);
}

}  // namespace holdfast
