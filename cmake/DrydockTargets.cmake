# drydock_library(NAME DEPS...): the static library drydock_NAME of all *.cc in this folder, linked
# with exactly DEPS, and a link test: a program that contains the whole library and nothing else.
function(drydock_library name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  add_library(drydock_${name} STATIC ${sources})
  target_include_directories(drydock_${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(drydock_${name} PUBLIC ${ARGN})
  if(BUILD_TESTING)
    add_executable(link_${name} ${CMAKE_SOURCE_DIR}/tests/link/main.cc)
    target_link_libraries(link_${name} PRIVATE $<LINK_LIBRARY:WHOLE_ARCHIVE,drydock_${name}>)
    add_test(NAME link.${name} COMMAND link_${name})
  endif()
endfunction()

# drydock_test(NAME DEPS...): the test program of all *_test.cc in tests/NAME, one ctest test per
# GoogleTest case. A file that isn't named so, or a folder without this call, fails tidy_test.
function(drydock_test name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cc)
  add_executable(${name}_test ${sources})
  target_link_libraries(${name}_test PRIVATE ${ARGN} GTest::gmock GTest::gtest GTest::gtest_main
    rapidcheck rapidcheck_gtest)
  target_include_directories(${name}_test PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_definitions(${name}_test PRIVATE
    DRYDOCK_SOURCE_DIR="${CMAKE_SOURCE_DIR}" DRYDOCK_TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data")
  include(GoogleTest)
  gtest_discover_tests(${name}_test TEST_PREFIX ${name}. DISCOVERY_MODE PRE_TEST
    PROPERTIES TIMEOUT 300 ENVIRONMENT "RC_PARAMS=seed=20261123")
endfunction()
