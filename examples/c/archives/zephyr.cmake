# Includes the Zephyr module as Zephyr would, whose own functions only print:
#   cmake -DMODULE=… -DCONFIG_SCF_INVOKE=y -DCONFIG_…=y -P zephyr.cmake
function(zephyr_include_directories folder)
  if(NOT EXISTS ${folder}/scf.h)
    message(FATAL_ERROR "${folder} has no scf.h")
  endif()
endfunction()

function(zephyr_library_import name library)
  if(NOT EXISTS ${library})
    message(FATAL_ERROR "${library} is not there")
  endif()
  message(STATUS "${name}: ${library}")
endfunction()

include(${MODULE}/zephyr/CMakeLists.txt)
